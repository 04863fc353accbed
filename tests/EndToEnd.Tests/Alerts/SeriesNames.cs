using System.Text.RegularExpressions;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>The series that exist, and those that an expression names.</summary>
internal static partial class SeriesNames
{
    /// <summary>All that alerts and dashboards may use. A name that is not here is shown by nobody.</summary>
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>
    {
        "smb1_connection_attempts_total",
        "smb1_excluded_attempts_total",
        "smb1_rejected_connections_total",
        "smb1_client_first_seen_timestamp_seconds",
        "smb1_client_last_seen_timestamp_seconds",
        "smb1_client_info",
        "smb1_server_enabled",
        "smb1_auditing_enabled",
        "smb1_audit_source_up",
        "smb1_state_file_up",
        "smb1_covered_seconds",
        "smb1_quiet_seconds",
        "smb1_audit_covered_since_timestamp_seconds",
        "smb1_last_attempt_timestamp_seconds",
        "smb1_ready_after_seconds",
        "smb1_audit_gaps_total",
        "smb1_audit_read_errors_total",
        "smb1_tracked_clients",
        "smb1_tracked_clients_limit",
        "smb1_ticket_outbox_oldest_timestamp_seconds",
        "smb1_ticket_deliveries_set_aside",
        "smb1_ticket_system_usable",
        "up",
        "alertmanager_notifications_failed_total",
        "client:smb1_connection_attempts_total:last1h_10m",
        "server:smb1_tracked_clients_limit:last1h_10m",
        "client:smb1_connection_attempts_total:base_10m",
        "client:smb1_connection_attempts_total:last1h",
        "client:smb1_connection_attempts_total:increase1h",
        "smb1:server_verdict:info",
        "smb1:server_ready:timestamp_seconds",
        "smb1:server_attempts:increase1h",
        "smb1:server_recent_clients:count",
        "smb1:server_last_sample:timestamp_seconds",
    };

    private static HashSet<string> Keywords { get; } =
        ["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"];

    /// <summary>The series that a PromQL expression reads.</summary>
    public static IEnumerable<string> InExpression(string expression)
    {
        var bare = StringLiteral().Replace(expression, "");
        bare = LabelList().Replace(bare, " ");
        bare = MatchersAndRanges().Replace(bare, " ");
        return Identifier().Matches(bare)
            .Select(match => match.Value)
            .Where(name => !Keywords.Contains(name))
            .Distinct();
    }

    /// <summary>The series that the queries in an annotation's template read.</summary>
    public static IEnumerable<string> InTemplate(string template) =>
        SelectorInTemplate().Matches(template).Select(match => match.Value).Distinct();

    /// <summary>The series that a Grafana variable's query, such as <c>label_values(series, label)</c>, reads.</summary>
    public static IEnumerable<string> InVariableQuery(string query) =>
        InExpression(Regex.Match(query, @"^label_values\((.*),\s*\w+\)$").Groups[1].Value);

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'
        """)]
    private static partial Regex StringLiteral();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex LabelList();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex MatchersAndRanges();

    [GeneratedRegex(@"(?<![\w$.])[A-Za-z_:][\w:]*(?![\w:]*\s*\()")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"[A-Za-z_:][\w:]*(?=\{(?!\{))")]
    private static partial Regex SelectorInTemplate();
}
