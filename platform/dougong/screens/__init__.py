"""What a person is about to see, decided and translated: builders, the shapes they build, and the words of the interface."""
