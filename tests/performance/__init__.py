"""What dougong costs: measured beside a bare application of hand-written SQL on the same server and the same database."""
