"""Figures that the documents quote, each made by a command anyone can run."""
