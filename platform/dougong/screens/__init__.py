"""What a person is about to see, decided and translated: builders, their shapes, and the words."""
