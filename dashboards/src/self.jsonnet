// SPDX-License-Identifier: Apache-2.0
// Is Forewarn itself well?
local l = import 'lib.libsonnet';
local v = l.variables;
local a = l.annotations;

local perSecond(by, name) = 'sum by (%s) (rate(forewarn_%s{@}[$__rate_interval]))' % [by, name];
local age(name) = 'time() - max by (instance) (forewarn_%s{@})' % name;
local up = l.yesNo({ text: 'yes', color: 'green' }, { text: 'no', color: 'red' });

l.dashboard(
  'forewarn-self',
  'Forewarn itself',
  'Whether exporter, webhook and reverter are there, what they read and receive, and what they cost.',
  [v.datasource, v.job, v.instance],
  [a.restarts, a.ownAlerts],
  [
    l.row('Now', [
      l.stat('Exporters', 'That have succeeded in their last tick.', 'sum(forewarn_up{@})') + l.badBelow(1),
      l.stat('Without a good tick', 'Exporters whose last tick failed: their predictions vanish.', 'sum(1 - forewarn_up{@})') + l.badAbove(1),
      l.stat('Journals away', 'Webhooks that cannot write their journal refuse every alert.', 'sum(1 - forewarn_journal_up{@})') + l.badAbove(1),
      l.stat('Hypervisors away', 'Nothing is mitigated or undone there.', 'sum(1 - forewarn_hypervisor_up{@})') + l.badAbove(1),
      l.stat('Configurations refused',
             'Processes that run on with what they had before.',
             'sum(1 - forewarn_config_last_reload_successful{@})') + l.badAbove(1),
      l.stat('Last notification',
             'Since Alertmanager last delivered one to a webhook.',
             'min(time() - (forewarn_last_notification_timestamp_seconds{@} > 0))') + l.unit('s'),
    ]),
    l.row('Exporter', [
      l.series('Duration of a tick', 'To read, judge and render all signals.', [
        l.target('histogram_quantile(%s, sum by (instance, le) (rate(forewarn_tick_duration_seconds_bucket{@}[$__rate_interval])))' % q[0], '{{instance}} ' + q[1])
        for q in [['0.5', 'median'], ['0.99', '99 %']]
      ]) + l.unit('s') + l.size(8, 8),
      l.series('Ticks', 'Begun, and those in which no signal could be read.', [
        l.target(perSecond('instance', 'ticks_total'), '{{instance}}'),
        l.target(perSecond('instance', 'tick_failures_total'), '{{instance}} failed'),
      ]) + l.unit('ops') + l.size(8, 8),
      l.series('Since the last good tick', 'Predictions vanish when this passes max_age.', [
        l.target(age('last_success_timestamp_seconds'), '{{instance}}'),
      ]) + l.unit('s') + l.size(8, 8),
      l.series('Queries that failed', 'By signal and reason.', [
        l.target(l.occurred('forewarn_source_errors_total{@}', 'signal, reason', '$__rate_interval'), '{{signal}} {{reason}}'),
        l.target('sum(increase(forewarn_source_warnings_total{@}[$__rate_interval]))', 'warnings'),
      ]) + l.size(8, 8),
      l.series('Rows read, and rows dropped', 'Rows of the last tick, and those that named no or no single instance.', [
        l.target('max by (instance) (forewarn_source_series{@})', '{{instance}}'),
        l.target(l.occurred('forewarn_series_dropped_total{@}', 'reason', '$__rate_interval'), 'dropped: {{reason}}'),
      ]) + l.size(8, 8),
      l.series('Instances', 'With a value in the last tick: judged, or not enough is known of them yet.', [
        l.target('max by (instance, state) (forewarn_instances{@})', '{{instance}} {{state}}'),
      ]) + l.size(8, 8),
      l.table('What it knows', 'History that it learned from at its start, and the state that it keeps over restarts.', [
        ['History', 'max by (instance) (forewarn_training_history_seconds{@})'],
        ['Values', 'max by (instance) (forewarn_training_values{@})'],
        ['Learning', 'max by (instance) (forewarn_training_active{@})'],
        ['State', 'max by (instance) (forewarn_state_size_bytes{@})'],
        ['Saved', 'max by (instance) (forewarn_state_last_save_timestamp_seconds{@}) * 1000'],
      ], 'History') + l.override('byName', 'History', { unit: 's' }) + l.override('byName', 'State', { unit: 'bytes' }) +
      l.override('byName', 'Saved', { unit: 'dateTimeFromNow' }),
      l.series('What it failed to learn or keep', 'History that could not be had, states that could not be saved or used, by reason.', [
        l.target(l.occurred('forewarn_training_failures_total{@}', 'reason', '$__rate_interval'), 'training: {{reason}}'),
        l.target(l.occurred('forewarn_state_save_failures_total{@}', 'reason', '$__rate_interval'), 'save: {{reason}}'),
        l.target(l.occurred('forewarn_state_restore_failures_total{@}', 'reason', '$__rate_interval'), 'restore: {{reason}}'),
      ]),
    ]),
    l.row('Webhook', [
      l.series('Alerts', 'Received, by status.', [
        l.target(perSecond('status', 'alerts_total'), '{{status}}'),
        l.target('sum(rate(forewarn_notifications_total{@}[$__rate_interval]))', 'notifications'),
      ]) + l.unit('ops') + l.size(8, 8),
      l.series('Alerts that led to nothing', 'Of an open episode, overtaken by their end, of others, malformed, or left out by Alertmanager.', [
        l.target('sum(increase(forewarn_%s_total{@}[$__rate_interval]))' % name, std.strReplace(name, '_alerts', ''))
        for name in ['deduplicated', 'late_alerts', 'ignored_alerts', 'rejected_alerts', 'truncated_alerts']
      ]) + l.size(8, 8),
      l.series('Connections to hypervisors', 'Opened again, and calls that got no answer in time.', [
        l.target('sum by (hypervisor) (increase(forewarn_hypervisor_reconnects_total{@}[$__rate_interval]))', '{{hypervisor}} reconnects'),
        l.target('sum by (hypervisor) (increase(forewarn_hypervisor_timeouts_total{@}[$__rate_interval]))', '{{hypervisor}} timeouts'),
      ]) + l.size(8, 8),
    ]),
    l.row('Reverter', [
      l.series('Since the last whole look', 'It undoes what is past its expiry, should the webhook never come back.', [
        l.target('time() - max by (hypervisor) (forewarn_reverter_last_sweep_timestamp_seconds{@})', '{{hypervisor}}'),
      ]) + l.unit('s') + l.size(8, 8),
      l.series('Changes in force that it sees', 'In the metadata of the domains.', [
        l.target('max by (hypervisor) (forewarn_reverter_markers{@})', '{{hypervisor}}'),
      ]) + l.size(8, 8),
      l.series('Changes that were due', 'Undone, failed to be undone, or spared since the setting was no more what Forewarn had set.', [
        l.target('sum by (result) (increase(forewarn_reverter_changes_total{@}[$__rate_interval]))', '{{result}}'),
      ]) + l.size(8, 8),
    ]),
    l.row('What they cost', [
      l.series('CPU', 'Cores.', [
        l.target('sum by (job, instance) (%s)' % l.ours('rate(process_cpu_seconds_total{@}[$__rate_interval])'), '{{job}} {{instance}}'),
      ]) + l.size(8, 8),
      l.series('Memory', 'Resident.', [
        l.target('max by (job, instance) (%s)' % l.ours('process_resident_memory_bytes{@}'), '{{job}} {{instance}}'),
      ]) + l.unit('bytes') + l.size(8, 8),
      l.series('Files and sockets', 'The part of those that the process may open.', [
        l.target('max by (job, instance) (%s)' % l.ours('process_open_fds{@} / process_max_fds{@}'), '{{job}} {{instance}}'),
      ]) + l.unit('percentunit') + l.between(0, 1) + l.size(8, 8),
      l.table('Versions', 'Processes by what they are built from.', [
        ['Processes', 'count by (job, version, revision) (forewarn_build_info{@})'],
      ], 'Processes') + l.size(24, 5),
    ]),
  ]
)
