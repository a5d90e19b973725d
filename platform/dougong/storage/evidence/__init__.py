"""Evidence of what was done: entries are sealed in a chain of blocks, and the chain is checked against what stands there."""
