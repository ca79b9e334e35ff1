"""Run by hand, never as tests: what our work costs, what it costs others, and how it grows (docs/performance.md)."""
