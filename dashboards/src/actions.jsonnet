// SPDX-License-Identifier: Apache-2.0
// What the webhook does, did, may not do, and waits for.
local l = import 'lib.libsonnet';
local v = l.variables;
local a = l.annotations;

local inRange(by, name, selector) = 'sum by (%s) (increase(forewarn_%s{@%s}[$__range]))' % [by, name, selector];

l.dashboard(
  'forewarn-actions',
  'Mitigations and experiments',
  'What Forewarn changes, and what came of it; what guard rails refuse; what waits for a person; what experiments prove.',
  [v.datasource, v.job, v.instance, v.hypervisor, v.domain, v.fault],
  [a.mitigations, a.injections, a.outcomes, a.alerts],
  [
    l.row('Now', [
      l.stat('Approvals waiting', 'Mitigations that wait for a person to agree.', 'sum(forewarn_approvals_waiting{@})') + l.badAbove(1),
      l.stat('Changes in force',
             'Settings that are changed and will be undone.',
             l.number(l.here('forewarn_mitigation_active{@,domain=~"$domain"}'), 'forewarn_journal_up{@}')),
      l.stat('Injections in force',
             'Faults that an experiment injects at this moment.',
             l.number(l.here('forewarn_injection_active{@,domain=~"$domain"} == 1'), 'forewarn_journal_up{@}')),
      l.stat('Kill switch',
             'Engaged: nothing is begun, and all that was done is undone.',
             'max(forewarn_kill_switch_engaged{@})') + l.yesNo({ text: 'engaged', color: 'red' }, { text: 'off', color: 'green' }),
      l.stat('A person was needed', 'Pages in the range.', 'sum(increase(forewarn_pages_total{@}[$__range]))') + l.badAbove(1),
      l.stat('Could not be undone',
             'Failed attempts in the range to undo a change; each is tried again.',
             'sum(increase(forewarn_revert_failures_total{@}[$__range]))') + l.badAbove(1),
    ]),
    l.row('When', [
      l.timeline('Mitigations', 'While a change of this actuator is in force on the instance.', [
        l.target(l.here('max by (domain, actuator) (forewarn_mitigation_active{@,domain=~"$domain"})'), '{{domain}} {{actuator}}'),
      ]),
      l.timeline('Experiments', 'While the fault is injected, and while the experiment may show on the instance.', [
        l.target(l.here('max by (domain, fault) (forewarn_injection_active{@,domain=~"$domain",fault=~"$fault"})'), '{{domain}} injection {{fault}}'),
        l.target(l.here('max by (domain, fault) (forewarn_experiment_active{@,domain=~"$domain",fault=~"$fault"})'), '{{domain}} experiment {{fault}}'),
      ]),
    ]),
    l.row('Mitigations', [
      l.bars('Outcomes in the range', 'What became of changes, by actuator.', [
        [outcome, inRange('actuator', 'mitigations_total', ',fault=~"$fault",outcome="%s"' % outcome)]
        for outcome in ['relieved', 'ineffective', 'harmful', 'unverifiable', 'refused']
      ], 'actuator'),
      l.table('How good mitigations are', 'The probability that the actuator relieves the fault, by experiments and outcomes, and how far it may be off.', [
        ['Success', 'max by (fault, actuator) (forewarn_mitigation_success_ratio{@,fault=~"$fault"})'],
        ['± success', 'max by (fault, actuator) (forewarn_mitigation_success_deviation_ratio{@,fault=~"$fault"})'],
      ], 'Success') + l.unit('percentunit') + l.good,
      l.series('From the alert to its effect', 'From the receipt of an alert to the return of the first change it led to.', [
        l.target('histogram_quantile(%s, sum by (le) (increase(forewarn_mitigation_duration_seconds_bucket{@}[1h])))' % q[0], q[1])
        for q in [['0.5', 'median'], ['0.99', '99 %']]
      ]) + l.unit('s'),
      l.series('How long actuators take', '95 % of the changes of the last hour took no longer; a plan skips what is slower than the fault.', [
        l.target('histogram_quantile(0.95, sum by (actuator, le) (increase(forewarn_actuator_duration_seconds_bucket{@}[1h])))', '{{actuator}}'),
      ]) + l.unit('s'),
    ]),
    l.row('What was not done', [
      l.series('Refusals', 'How often a guard rail or the plan said no, by reason.', [
        l.target(l.occurred('forewarn_guard_refusals_total{@}', 'reason', '$__rate_interval'), '{{reason}}'),
      ]),
      l.table('Refusals and pages in the range', 'How often each reason said no, and how often a person was called for it.', [
        ['Refused', l.occurred('forewarn_guard_refusals_total{@}', 'reason', '$__range')],
        ['Paged', l.occurred('forewarn_pages_total{@}', 'reason', '$__range')],
      ], 'Refused'),
    ]),
    l.row('Experiments', [
      l.bars('Verdicts in the range', 'What became of experiments: whether the planned mitigation relieved the injected fault.', [
        [verdict, inRange('fault', 'experiments_total', ',fault=~"$fault",verdict="%s"' % verdict)]
        for verdict in ['passed', 'failed', 'inconclusive', 'aborted']
      ], 'fault'),
      l.table('What an experiment would teach', 'Of the few that would teach most; from the threshold knowledge on they are asked for in quiet times.', [
        ['Value', l.here('max by (domain, fault) (forewarn_experiment_value_ratio{@,domain=~"$domain",fault=~"$fault"})')],
      ], 'Value') + l.unit('percentunit'),
    ]),
  ]
)
