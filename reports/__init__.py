"""A report model in, bytes out: renderers draw what the model says and decide nothing."""
