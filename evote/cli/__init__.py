"""The command line: one small file for each noun, loaded only when it is called. The environment is read here alone."""
