// SPDX-License-Identifier: Apache-2.0
// May its confidence be believed? What came of what was said.
local l = import 'lib.libsonnet';
local v = l.variables;
local a = l.annotations;

local outcomes(names, by='') =
  'sum%s(increase(forewarn_prediction_outcomes_total{@,fault=~"$fault",outcome=~"%s"}[$__range]))' % [by, names];
// Nothing rather than 0/0 where there was none of `whole`.
local part(some, whole, by='') = '%s / (%s > 0)' % [outcomes(some, by), outcomes(whole, by)];
local ofFault(name) = 'max by (fault) (forewarn_%s{@,fault=~"$fault"})' % name;

l.dashboard(
  'forewarn-honesty',
  'Honesty of predictions',
  'What came of predictions: whether 80 % means 80 %, how early they were, and how many were false.',
  [v.datasource, v.job, v.instance, v.fault],
  [a.restarts],
  [
    l.row('In the range', [
      l.stat('Precision',
             'Of the predictions at the notify threshold whose outcome is known, those that came true.',
             part('hit', 'hit|false_alarm')) + l.unit('percentunit') + l.good,
      l.stat('Recall',
             'Of the faults that were not prevented, those that were predicted before.',
             part('hit', 'hit|missed')) + l.unit('percentunit') + l.good,
      l.stat('Median lead',
             'From a prediction to what it predicted.',
             'histogram_quantile(0.5, sum by (le) (increase(forewarn_prediction_lead_seconds_bucket{@,fault=~"$fault"}[$__range])))') + l.unit('s'),
      l.stat('False alarms per instance and day',
             'Predictions at the notify threshold that did not come true, and that nothing was done about.',
             outcomes('false_alarm') + ' / scalar(max(forewarn_instances{@,state="judged"})) / $__range_s * 86400') + l.badAbove(1),
      l.stat('Mitigated', 'Predictions that something was done about: whether they would have come true cannot be known.', outcomes('mitigated')),
      l.stat('Held out',
             'Mitigations that were not done, at random, to see what happens without (control_ratio).',
             'sum(increase(forewarn_guard_refusals_total{@,reason="control"}[$__range]))'),
    ]),
    l.row('Does 80 % mean 80 %?', [
      l.bars('Reliability', 'The last 1000 predictions in bins by their confidence: what was said beside what came true. Honest is: alike.', [
        ['said', 'sort(avg by (bin) (forewarn_calibration_bin_confidence_ratio{@,fault=~"$fault"}))'],
        ['came true', 'avg by (bin) (forewarn_calibration_bin_hit_ratio{@,fault=~"$fault"})'],
      ], 'bin') + l.unit('percentunit') + l.between(0, 1),
      l.table('Errors of the last 1000 predictions', 'Calibration error and Brier score: 0 is best. Skill: 1 is best, 0 no better than the base rate.', [
        ['Calibration error', ofFault('calibration_error_ratio')],
        ['Brier score', ofFault('brier_score_ratio')],
        ['Brier skill', ofFault('brier_skill_ratio')],
        ['Signature accuracy', ofFault('signature_accuracy_ratio')],
        ['± accuracy', ofFault('signature_accuracy_deviation_ratio')],
      ], 'Calibration error') + l.unit('percentunit'),
      l.series('Calibration error', 'How far what was said is from what came true, of the last 1000 predictions of a fault; 0 is best.', [
        l.target(ofFault('calibration_error_ratio'), '{{fault}}'),
      ]) + l.unit('percentunit') + l.size(8, 8),
      l.series('Brier score', 'Mean squared error of the same predictions; 0 is best.', [
        l.target(ofFault('brier_score_ratio'), '{{fault}}'),
      ]) + l.unit('percentunit') + l.size(8, 8),
      l.timeline('Calibration frozen', 'While so much is mitigated that nothing can be learned of how right predictions are.', [
        l.target(ofFault('calibration_frozen'), '{{fault}}'),
      ]) + l.size(8, 8),
    ]),
    l.row('What came of predictions', [
      l.bars('Outcomes in the range', 'Of the predictions at the notify threshold: hits, false alarms, missed faults; mitigated and dropped ones cannot be known.', [
        [name, outcomes(name, ' by (fault) ')]
        for name in ['hit', 'false_alarm', 'missed', 'mitigated', 'dropped']
      ], 'fault'),
      l.series('Outcomes', 'The same over time, of the chosen faults together.', [
        l.target('sum by (outcome) (increase(forewarn_prediction_outcomes_total{@,fault=~"$fault"}[$__rate_interval]))', '{{outcome}}'),
      ]),
      l.series('Lead', 'Half and nine in ten of the hits of the last hour had at most this lead.', [
        l.target('histogram_quantile(%s, sum by (le) (increase(forewarn_prediction_lead_seconds_bucket{@,fault=~"$fault"}[1h])))' % q[0], q[1])
        for q in [['0.5', 'median'], ['0.9', 'nine in ten']]
      ]) + l.unit('s'),
      l.series('Predictions that calibrate', 'One per instance and horizon, above 5 %: from these confidence is learned.', [
        l.target('sum by (outcome) (increase(forewarn_calibration_samples_total{@,fault=~"$fault"}[$__rate_interval]))', '{{outcome}}'),
      ]),
    ]),
    l.row('Is it better than to do nothing?', [
      l.bars('With and without', 'Predictions that came true where nothing was done, beside mitigations that did not relieve. `forewarn report` gives the net effect against the control, with its interval.', [
        ['came true without', part('hit', 'hit|false_alarm', ' by (fault) ')],
        ['not relieved with', '1 - sum by (fault) (increase(forewarn_mitigations_total{@,fault=~"$fault",outcome="relieved"}[$__range])) / (sum by (fault) (increase(forewarn_mitigations_total{@,fault=~"$fault",outcome!="refused"}[$__range])) > 0)'],
      ], 'fault') + l.unit('percentunit') + l.between(0, 1),
      l.table('Injected faults', 'Faults of own experiments in the range, by whether their signature recognised them.', [
        ['In the range', 'sum by (fault, recognised) (increase(forewarn_injections_recognised_total{@,fault=~"$fault"}[$__range]))'],
      ], 'In the range'),
    ]),
  ]
)
