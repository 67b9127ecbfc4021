"""Measurements of the queue under load: python -m benchmarks.load [--json FILE]"""
