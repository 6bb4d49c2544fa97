"""Files that stand alone: what a module imports from here is put into it."""
