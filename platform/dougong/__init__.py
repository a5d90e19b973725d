"""dougong: a compiler and runtime for business applications that exist as definition files."""

__version__ = "0.1.0"
