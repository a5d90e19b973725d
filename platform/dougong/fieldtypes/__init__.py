"""Field types: everything the platform knows about each kind of value."""
