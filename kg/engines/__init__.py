"""The query engines over one immutable store: in this process, or in workers that can be killed."""
