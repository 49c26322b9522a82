"""Reads what a program says at /metrics, from standard input, with Prometheus' own parser for Python; writes it as JSON."""
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = [{'name': f.name, 'type': f.type, 'help': f.documentation,
             'samples': [{'name': s.name, 'labels': s.labels, 'value': s.value} for s in f.samples]}
            for f in text_string_to_metric_families(sys.stdin.read())]
json.dump(families, sys.stdout)
