"""The page's sections, one file each: ``section(results) -> Section``."""
