// SPDX-License-Identifier: Apache-2.0
// Where one looks first: who is at risk, of what, and is all of Forewarn there to do something about it.
local l = import 'lib.libsonnet';
local v = l.variables;
local a = l.annotations;

local confidence = 'max by (domain, fault) (forewarn_fault_confidence_ratio{@,domain=~"$domain",fault=~"$fault"})';
local atRisk = '%s >= on (fault) group_left () max by (fault) (forewarn_threshold_ratio{@,stage="notify"})' % confidence;
local toInstance = l.override('byName', 'Domain', { links: [{
  title: 'This instance',
  url: '/d/forewarn-instance?${datasource:queryparam}&var-domain=${__value.raw}&${__url_time_range}',
}] });

l.dashboard(
  'forewarn-fleet',
  'Fleet',
  'What Forewarn predicts for the virtual machines, and whether all of it is there to do something about it.',
  [v.datasource, v.job, v.instance, v.hypervisor, v.domain, v.fault],
  [a.mitigations, a.injections, a.outcomes, a.alerts],
  [
    l.row('Now', [
      l.stat('Instances',
             'Virtual machines with telemetry, of which enough is known to judge them.',
             'max(forewarn_instances{@,state="judged"})'),
      l.stat('Warming up',
             'Virtual machines of which not enough is known yet: nothing is predicted for them.',
             'max(forewarn_instances{@,state="warming"})'),
      l.stat('At risk',
             'Faults of virtual machines that are predicted with at least the confidence of the stage notify.',
             'sum(%s)' % l.here(std.strReplace(atRisk, '>=', '>= bool'))) + l.badAbove(1),
      l.stat('Changes in force',
             'Settings of virtual machines that the webhook has changed and will undo.',
             l.number('forewarn_mitigation_active{@,domain=~"$domain"}', 'forewarn_journal_up{@}')),
      l.stat('Approvals waiting', 'Mitigations that wait for a person to agree.', 'sum(forewarn_approvals_waiting{@})') + l.badAbove(1),
      l.stat('Not there',
             'Exporters without a good tick, webhooks without a journal and hypervisors without a connection.',
             'sum(1 - forewarn_up{@}) + sum(1 - forewarn_journal_up{@}) + sum(1 - forewarn_hypervisor_up{@})') + l.badAbove(1),
    ]),
    l.row('What is predicted', [
      l.table('Highest risk', 'The most probable faults now, how bad they will be, and when they are expected.', [
        ['Confidence', 'topk(20, %s)' % l.here(confidence)],
        ['Severity', 'max by (domain, fault) (forewarn_fault_severity_ratio{@,domain=~"$domain",fault=~"$fault"})'],
        ['Expected', 'min by (domain, fault) (forewarn_fault_expected_timestamp_seconds{@,domain=~"$domain",fault=~"$fault"}) * 1000'],
      ], 'Confidence') + l.unit('percentunit') + l.risk + toInstance +
      l.override('byName', 'Confidence', { 'custom.cellOptions': { type: 'color-background' } }) +
      l.override('byName', 'Expected', { unit: 'dateTimeFromNow' }) + {
        transformations: [t + (if t.id == 'organize' then { options+: { renameByName+: { domain: 'Domain', fault: 'Fault' } } } else {}) for t in super.transformations],
      },
      l.series('Confidence', 'The probability that the fault occurs within its horizon if nothing is done, and the thresholds of the stages.', [
        l.target('topk(20, %s)' % l.here(confidence), '{{domain}} {{fault}}'),
        l.target('max by (stage) (forewarn_threshold_ratio{@,fault=~"$fault",stage=~"notify|mitigate"})', 'threshold {{stage}}'),
      ]) + l.unit('percentunit') + l.between(0, 1) + l.dashed('threshold .*'),
      l.series('Instances at risk by fault', 'How many virtual machines a fault is predicted for: one that befalls many has one cause.', [
        l.target('count by (fault) (%s)' % l.here(atRisk), '{{fault}}'),
      ]) + l.size(8, 8),
      l.series('Faults of hypervisors', 'Confidence of faults that befall the virtual machines of one hypervisor together.', [
        l.target('max by (hypervisor, fault) (forewarn_hypervisor_fault_confidence_ratio{@,hypervisor=~"$hypervisor",fault=~"$fault"})', '{{hypervisor}} {{fault}}'),
      ]) + l.unit('percentunit') + l.between(0, 1) + l.size(8, 8),
      l.series('Most anomalous instances', 'The highest score among the signals of a virtual machine; 1 is the alarm level.', [
        l.target('topk(10, %s)' % l.here('max by (domain) (forewarn_signal_anomaly_score{@,domain=~"$domain"})'), '{{domain}}'),
      ]) + l.size(8, 8),
    ]),
    l.row('What is there, and what is done', [
      l.series('Faults that are there', 'Virtual machines whose manifestation has occurred, by fault.', [
        l.target('count by (fault) (%s)' % l.here('max by (domain, fault) (forewarn_fault_manifested{@,domain=~"$domain",fault=~"$fault"})'), '{{fault}}'),
      ]) + l.size(8, 8),
      l.series('Outcomes of mitigations', 'What became of changes: relieved, ineffective, harmful, unverifiable or refused.', [
        l.target('sum by (outcome) (increase(forewarn_mitigations_total{@,fault=~"$fault"}[$__rate_interval]))', '{{outcome}}'),
      ]) + l.size(8, 8),
      l.series('Instances by hypervisor', 'How many virtual machines run where, as far as known.', [
        l.target('count by (hypervisor) (max by (domain, hypervisor) (forewarn_instance_info{@,domain=~"$domain",hypervisor=~"$hypervisor"}))', '{{hypervisor}}'),
      ]) + l.size(8, 8),
    ]),
  ]
)
