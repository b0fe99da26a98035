toplevel = "acme_names"
