namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>
/// Conditions of ServiceNow's encoded query language (ServiceNow documentation, "Encoded query strings"). It has no documented way to
/// write its own signs within a value, so a value that holds one cannot be used. Pure.
/// </summary>
internal static class EncodedQuery
{
    /// <summary>Whether a value can stand in a query: it must not end the condition, nor be taken for a script.</summary>
    public static bool Allows(string value) =>
        value.Length > 0
        && !value.Contains('^', StringComparison.Ordinal)
        && !value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase)
        && !value.Any(char.IsControl);

    /// <summary>That a column has exactly a value.</summary>
    /// <exception cref="ArgumentException">The value cannot be used.</exception>
    public static string Equal(string column, string value) =>
        Allows(value) ? $"{column}={value}" : throw new ArgumentException("The value cannot stand in a query.", nameof(value));

    /// <summary>That a column has none of some values.</summary>
    public static string NoneOf(string column, IEnumerable<string> values) => $"{column}NOT IN{string.Join(',', values)}";

    /// <summary>All of the conditions.</summary>
    public static string All(params string[] conditions) => string.Join('^', conditions);

    /// <summary>Any of the conditions.</summary>
    public static string Any(IEnumerable<string> conditions) => string.Join("^OR", conditions);
}
