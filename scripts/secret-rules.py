#!/usr/bin/env python3
"""Writes src/guardrails/secret-rules.json from the rules of gitleaks: secret-rules.py < gitleaks.toml."""

import json
import sys
import tomllib
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/guardrails/secret-rules.json"


def allowance(found: dict) -> dict:
    """One allow list: what it looks at, its patterns and its words. Lists about paths alone are about other projects."""
    return {
        "target": found.get("regexTarget", "secret"),
        "patterns": found.get("regexes", []),
        "words": found.get("stopwords", []),
    }


def main() -> None:
    """Converts what stands on standard input."""
    config = tomllib.loads(sys.stdin.read())
    rules = [
        {
            "id": rule["id"],
            "pattern": rule["regex"],
            "keywords": rule["keywords"],
            **({"entropy": rule["entropy"]} if "entropy" in rule else {}),
            **({"group": rule["secretGroup"]} if "secretGroup" in rule else {}),
            "allow": [
                allowance(found)
                for found in rule.get("allowlists", [])
                if found.get("regexes") or found.get("stopwords")
            ],
        }
        for rule in config["rules"]
        # Rules about one kind of file are about files that a package does not have.
        if "regex" in rule and "path" not in rule
    ]
    everywhere = allowance(config["allowlist"])
    lines = ",\n".join(f"    {json.dumps(rule)}" for rule in rules)
    TARGET.write_text(f'{{\n  "allow": {json.dumps(everywhere)},\n  "rules": [\n{lines}\n  ]\n}}\n')


main()
