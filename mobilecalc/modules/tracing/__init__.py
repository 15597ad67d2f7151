"""Any `torch.nn.Module` as a profile: what it runs, operator by operator, as rows."""
