using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>ServiceNow's encoded query language, as far as it is documented: what stands in a value has its effect.</summary>
/// <param name="query">The query.</param>
/// <param name="columns">Conditions on other columns are dropped.</param>
internal sealed partial class ServiceNowQuery(string query, IReadOnlySet<string> columns)
{
    /// <summary>Whether a condition was dropped.</summary>
    public bool IsInvalid { get; private set; }

    public List<Dictionary<string, string>> Of(IEnumerable<Dictionary<string, string>> records)
    {
        var terms = query.Split('^', StringSplitOptions.RemoveEmptyEntries);
        var groups = new List<List<List<Func<Dictionary<string, string>, bool>>>> { new() };
        Func<IEnumerable<Dictionary<string, string>>, IEnumerable<Dictionary<string, string>>> order = found => found;
        foreach (var term in terms)
        {
            if (term.StartsWith("ORDERBYDESC", StringComparison.Ordinal))
            {
                order = found => found.OrderByDescending(record => record.GetValueOrDefault(term["ORDERBYDESC".Length..], ""), StringComparer.Ordinal);
            }
            else if (term.StartsWith("ORDERBY", StringComparison.Ordinal))
            {
                order = found => found.OrderBy(record => record.GetValueOrDefault(term["ORDERBY".Length..], ""), StringComparer.Ordinal);
            }
            else if (term.StartsWith("NQ", StringComparison.Ordinal))
            {
                groups.Add([]);
                Add(groups[^1], term[2..], isAlternative: false);
            }
            else if (term.StartsWith("OR", StringComparison.Ordinal))
            {
                Add(groups[^1], term[2..], isAlternative: true);
            }
            else
            {
                Add(groups[^1], term, isAlternative: false);
            }
        }

        return [.. order(records.Where(record => groups.Exists(group => group.TrueForAll(any => any.Exists(condition => condition(record))))))];
    }

    private void Add(List<List<Func<Dictionary<string, string>, bool>>> group, string term, bool isAlternative)
    {
        var match = Condition().Match(term);
        if (!match.Success || !columns.Contains(match.Groups["column"].Value))
        {
            IsInvalid = true;
            return;
        }

        var (column, value) = (match.Groups["column"].Value, match.Groups["value"].Value);
        Func<Dictionary<string, string>, bool> condition = match.Groups["operator"].Value switch
        {
            // A script's value; here one that is always right.
            _ when value.StartsWith("javascript:", StringComparison.Ordinal) => _ => true,
            "=" => record => record.GetValueOrDefault(column, "").Equals(value, StringComparison.OrdinalIgnoreCase),
            "IN" => record => value.Split(',').Contains(record.GetValueOrDefault(column, "")),
            _ => record => !value.Split(',').Contains(record.GetValueOrDefault(column, "")),
        };
        if (isAlternative && group.Count > 0)
        {
            group[^1].Add(condition);
        }
        else
        {
            group.Add([condition]);
        }
    }

    [GeneratedRegex("^(?<column>[a-z0-9_]+)(?<operator>NOT IN|IN|=)(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Condition();
}
