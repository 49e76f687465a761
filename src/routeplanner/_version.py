"""The version of the library, read from nowhere else at run time."""

__all__ = ["__version__"]

__version__ = "0.1.0"
