"""What authors write: read with positions, checked against the schemas, merged in layers and written back."""
