// SPDX-License-Identifier: Apache-2.0
// One virtual machine: what is predicted for it, why, and what was done.
local l = import 'lib.libsonnet';
local v = l.variables;
local a = l.annotations;

// A band that is far wider than what was measured is cut, or the picture would show nothing else.
local measured = 'forewarn_signal_value{@,domain="$domain",signal="$signal"}';
local lowest = 'min(min_over_time(%s[$__range]))' % measured;
local highest = 'max(max_over_time(%s[$__range]))' % measured;
local bounds = 'max by (bound) (forewarn_signal_forecast{@,domain="$domain",signal="$signal"})';
local band = 'clamp(%s, scalar(2 * %s - %s), scalar(2 * %s - %s))' % [bounds, lowest, highest, highest, lowest];

local signal = l.series('$signal', 'Measured, in its own unit, and the band of values that the forecast takes for ordinary, cut where it is far wider.', [
                 l.target('max(%s)' % measured, 'measured'),
                 l.target(band, '{{bound}}'),
               ]) + l.size(8, 7) + l.override('byName', 'measured', { 'custom.fillOpacity': 0, 'custom.lineWidth': 2 }) +
               l.override('byName', 'upper', { 'custom.fillBelowTo': 'lower', 'custom.lineWidth': 0, color: { mode: 'fixed', fixedColor: 'light-blue' } }) +
               l.override('byName', 'lower', { 'custom.lineWidth': 0, 'custom.fillOpacity': 0, color: { mode: 'fixed', fixedColor: 'light-blue' } }) +
               l.override('byName', 'expected', { color: { mode: 'fixed', fixedColor: 'blue' } }) + l.dashed('expected') + {
  options+: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true } },
  repeat: 'signal',
  repeatDirection: 'h',
  maxPerRow: 3,
};

l.dashboard(
  'forewarn-instance',
  'Instance',
  'One virtual machine: what is predicted for it, the evidence, every signal against its forecast, and what was done.',
  [v.datasource, v.job, v.instance, v.oneDomain, v.fault, v.signal],
  [a.mitigations, a.injections, a.outcomes, a.alerts],
  [
    l.row('What is predicted for $domain', [
      l.stat('Runs on', 'Its hypervisor, where that is known.', 'max by (hypervisor) (forewarn_instance_info{@,domain="$domain"})') +
      l.size(3, 4) + { targets: [t { legendFormat: '{{hypervisor}}' } for t in super.targets], options+: { textMode: 'name' } },
      l.stat('Highest confidence',
             'Of the faults that are predicted for it now.',
             'max(forewarn_fault_confidence_ratio{@,domain="$domain",fault=~"$fault"})') + l.unit('percentunit') + l.risk + l.size(3, 4),
      l.stat('Highest severity',
             'How far the forecast goes from normal (0) to where the fault is there (1).',
             'max(forewarn_fault_severity_ratio{@,domain="$domain",fault=~"$fault"})') + l.unit('percentunit') + l.risk + l.size(3, 4),
      l.stat('Next fault',
             'Until the first expected one, however probable.',
             'clamp_min(min(forewarn_fault_expected_timestamp_seconds{@,domain="$domain",fault=~"$fault"}) - time(), 0)') + l.unit('s') + l.size(3, 4),
      l.stat('Anomaly score',
             'The highest of its signals; 1 is the alarm level.',
             'max(forewarn_signal_anomaly_score{@,domain="$domain"})') + l.badAbove(1) + l.size(3, 4),
      l.stat('Changes in force',
             'Settings of it that the webhook has changed and will undo.',
             l.number('forewarn_mitigation_active{@,domain="$domain"}', 'forewarn_journal_up{@}')) + l.size(3, 4),
      l.stat('Experiments',
             'Own experiments that may be seen in its signals: it is not judged by them meanwhile.',
             l.number('forewarn_experiment_active{@,domain="$domain"}', 'forewarn_journal_up{@}')) + l.size(3, 4),
      l.stat('Faults there',
             'Faults whose manifestation has occurred.',
             l.number('max by (fault) (forewarn_fault_manifested{@,domain="$domain",fault=~"$fault"})', 'forewarn_up{@}')) + l.badAbove(1) + l.size(3, 4),
      l.series('Confidence', 'The probability that the fault occurs within its horizon if nothing is done, and the thresholds of the stages.', [
        l.target('max by (fault) (forewarn_fault_confidence_ratio{@,domain="$domain",fault=~"$fault"})', '{{fault}}'),
        l.target('max by (stage) (forewarn_threshold_ratio{@,fault=~"$fault",stage=~"notify|mitigate"})', 'threshold {{stage}}'),
      ]) + l.unit('percentunit') + l.between(0, 1) + l.dashed('threshold .*'),
      l.table('Evidence', 'Signals by how anomalous they are now: what is measured, what was expected. 1 is the alarm level.', [
        ['Score', 'max by (signal) (forewarn_signal_anomaly_score{@,domain="$domain"})'],
        ['Measured', 'max by (signal) (forewarn_signal_value{@,domain="$domain"})'],
        ['Expected', 'max by (signal) (forewarn_signal_forecast{@,domain="$domain",bound="expected"})'],
      ], 'Score') + l.badAbove(1) + l.override('byName', 'Score', { 'custom.cellOptions': { type: 'color-text' } }),
      l.series('Time until the fault is expected', 'From now to the expected time of each fault, and the horizon within which its confidence holds.', [
        l.target('clamp_min(min by (fault) (forewarn_fault_expected_timestamp_seconds{@,domain="$domain",fault=~"$fault"}) - time(), 0)', '{{fault}}'),
        l.target('max by (fault) (forewarn_fault_horizon_seconds{@,domain="$domain",fault=~"$fault"})', 'horizon {{fault}}'),
      ]) + l.unit('s') + l.dashed('horizon .*'),
      l.series('Anomaly scores', 'How anomalous each signal is; 1 is the alarm level.', [
        l.target('max by (signal) (forewarn_signal_anomaly_score{@,domain="$domain"})', '{{signal}}'),
      ]),
    ]),
    l.row('Signals of $domain against their forecast', [signal]),
    l.row('What was done', [
      l.timeline('Changes in force', 'While a change of this actuator is in force on it.', [
        l.target('max by (actuator) (forewarn_mitigation_active{@,domain="$domain"})', '{{actuator}}'),
      ]),
      l.timeline('Experiments and injections', 'While an own experiment may show on it.', [
        l.target('max by (fault) (forewarn_experiment_active{@,domain="$domain"})', 'experiment {{fault}}'),
        l.target('max by (fault) (forewarn_injection_active{@,domain="$domain"})', 'injection {{fault}}'),
      ]),
    ]),
  ]
)
