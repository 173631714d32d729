"""The benchmark: one data set, several SPARQL servers, the same requests to each in turn."""
