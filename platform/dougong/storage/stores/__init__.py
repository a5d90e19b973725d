"""Where the content of files lies: a folder of this machine, or a bucket of an S3-compatible store."""
