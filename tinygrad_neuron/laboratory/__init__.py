"""The laboratory: one's own Python in the browser, drawn, stepped, trained, nothing installed.

`building` writes a static folder: Pyodide, which is Python as WebAssembly; this package; Graphviz;
an editor; and the pages in `page/`. In the browser a worker runs `session`, which is ordinary
Python and is tested as such; `page/python.js` is how pages speak to it.
"""
