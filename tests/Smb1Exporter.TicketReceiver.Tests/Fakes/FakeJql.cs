using System.Text;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>What a JQL query can see of an issue.</summary>
internal sealed record JqlIssue(string Project, IReadOnlyList<string> Labels, string? CustomField, string StatusCategory, string Summary);

/// <summary>
/// As much of JQL as a query of open issues could use: clauses with =, != and ~ joined by AND and OR (AND binds tighter), quoted texts with
/// backslash escapes. Whatever it cannot read is an error, as in Jira.
/// </summary>
internal sealed class FakeJql(string query, string customField)
{
    private int _at;

    /// <exception cref="FormatException">The query is wrong; the message is Jira's.</exception>
    public Func<JqlIssue, bool> Parse()
    {
        var condition = ParseOr();
        if (TryWord("ORDER"))
        {
            Require(TryWord("BY"));
            do
            {
                Require(Word() is "created" or "key");
                _ = TryWord("ASC") || TryWord("DESC");
            }
            while (TrySymbol(","));
        }

        Require(Rest().Length == 0);
        return condition;
    }

    private Func<JqlIssue, bool> ParseOr()
    {
        var left = ParseAnd();
        while (TryWord("OR"))
        {
            var (first, second) = (left, ParseAnd());
            left = issue => first(issue) || second(issue);
        }

        return left;
    }

    private Func<JqlIssue, bool> ParseAnd()
    {
        var left = ParseClause();
        while (TryWord("AND"))
        {
            var (first, second) = (left, ParseClause());
            left = issue => first(issue) && second(issue);
        }

        return left;
    }

    private Func<JqlIssue, bool> ParseClause()
    {
        var field = Word();
        if (field == "cf")
        {
            Require(TrySymbol("["));
            field = $"customfield_{Word()}";
            Require(TrySymbol("]"));
        }

        var symbol = new[] { "!=", "=", "~" }.FirstOrDefault(TrySymbol) ?? throw Wrong();
        var value = Value();
        return (field, symbol) switch
        {
            ("labels", "=") => issue => issue.Labels.Contains(value, StringComparer.OrdinalIgnoreCase),
            ("labels", "!=") => issue => issue.Labels.Count > 0 && !issue.Labels.Contains(value, StringComparer.OrdinalIgnoreCase),
            ("project", "=") => issue => issue.Project.Equals(value, StringComparison.OrdinalIgnoreCase),
            ("statusCategory", "=") => issue => issue.StatusCategory.Equals(value, StringComparison.OrdinalIgnoreCase),
            ("statusCategory", "!=") => issue => !issue.StatusCategory.Equals(value, StringComparison.OrdinalIgnoreCase),
            ("summary", "~") => issue => ContainsText(issue.Summary, value),
            _ when field == customField && symbol == "~" => issue => issue.CustomField is not null && ContainsText(issue.CustomField, value),
            _ when field == customField => throw new FormatException($"The operator '{symbol}' is not supported by the '{field}' field."),
            _ => throw new FormatException($"Field '{field}' does not exist or you do not have permission to view it."),
        };
    }

    // Words in any order, or a phrase between quotes; punctuation separates words, case does not matter.
    private static bool ContainsText(string text, string sought)
    {
        var words = Words(text);
        return sought.StartsWith('"') && sought.EndsWith('"') && sought.Length > 1
            ? $" {string.Join(' ', words)} ".Contains($" {string.Join(' ', Words(sought))} ", StringComparison.Ordinal)
            : Words(sought).All(words.Contains);
    }

    private static string[] Words(string text) =>
        new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Value()
    {
        if (!TrySymbol("\""))
        {
            return Word();
        }

        var text = new StringBuilder();
        for (; _at < query.Length && query[_at] != '"'; _at++)
        {
            if (query[_at] == '\\')
            {
                _at++;
                Require(_at < query.Length && query[_at] is '"' or '\\' or '\'');
            }

            text.Append(query[_at]);
        }

        Require(TrySymbol("\""));
        return text.ToString();
    }

    private string Word()
    {
        var rest = Rest();
        var length = rest.TakeWhile(c => char.IsLetterOrDigit(c) || c == '_').Count();
        Require(length > 0);
        _at += length;
        return rest[..length];
    }

    private bool TryWord(string word)
    {
        var rest = Rest();
        if (!rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) || (rest.Length > word.Length && char.IsLetterOrDigit(rest[word.Length])))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool TrySymbol(string symbol)
    {
        if (!Rest().StartsWith(symbol, StringComparison.Ordinal))
        {
            return false;
        }

        _at += symbol.Length;
        return true;
    }

    private string Rest()
    {
        while (_at < query.Length && query[_at] == ' ')
        {
            _at++;
        }

        return query[_at..];
    }

    private void Require(bool condition)
    {
        if (!condition)
        {
            throw Wrong();
        }
    }

    private FormatException Wrong() => new($"Error in the JQL Query at character {_at + 1} of '{query}'.");
}
