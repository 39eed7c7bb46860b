"""Goes on with a training run of Residual on PyTorch, on as many devices as the launcher starts processes."""
