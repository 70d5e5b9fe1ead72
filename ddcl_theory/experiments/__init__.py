"""The papers' experiments, run again: one file a block, and what all blocks share.

`protocol` says what a block is, `store` keeps finished runs, `execute` runs what is missing, `assess` measures a
prediction over the declared settings, `statistics` and `outcome` decide.
"""
