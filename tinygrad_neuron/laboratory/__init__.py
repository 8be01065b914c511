"""The laboratory: what goes into a folder of static pages that run Python in the browser."""
