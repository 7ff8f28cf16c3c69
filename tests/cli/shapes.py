#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""shapes.py OPENAPI CONTRACT ANSWERS: holds the answers that the commands are tested with to the contract, judged as the
running programs' are."""
import json
import os
import sys

SCHEMAS = {'mitigations': 'Mitigations', 'mitigation': 'Mitigations', 'plan': 'PlanAnswer', 'kill_switch': 'KillSwitch',
           'predictions': 'Predictions', 'problem': 'Problem'}


def main(openapi, contract_folder, answers):
    sys.path.insert(0, contract_folder)
    from contract import Contract
    contract = Contract(openapi)
    mistakes = [f'{file}: of no schema' for file in os.listdir(answers) if file.removesuffix('.json') not in SCHEMAS]
    for name, schema in SCHEMAS.items():
        with open(os.path.join(answers, name + '.json')) as file:
            mistakes += contract.judge(json.load(file), {'$ref': '#/components/schemas/' + schema}, name)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
