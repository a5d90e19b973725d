"""People: accounts, how they sign in, the organisation they work in, and the actor that each of them is."""
