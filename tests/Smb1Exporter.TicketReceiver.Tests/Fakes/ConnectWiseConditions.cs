using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>
/// The conditions of ConnectWise's API as its Developer Guide tells them: strings in quotes with "*" for wildcards and "[[]" for "[", numbers,
/// booleans, "and", "or", parentheses, members of a reference after a slash. An unknown field is an error.
/// </summary>
internal sealed partial class ConnectWiseConditions
{
    private readonly IReadOnlyList<string> _tokens;
    private readonly JsonObject _record;
    private int _next;

    private ConnectWiseConditions(IReadOnlyList<string> tokens, JsonObject record)
    {
        _tokens = tokens;
        _record = record;
    }

    /// <summary>Tells whether a record fulfils the conditions.</summary>
    /// <exception cref="FormatException">They cannot be understood; also when a record is asked about.</exception>
    public static Func<JsonObject, bool> Parse(string conditions)
    {
        var tokens = Tokens(conditions);
        return record =>
        {
            var parsed = new ConnectWiseConditions(tokens, record);
            var holds = parsed.Or();
            return parsed._next == tokens.Count ? holds : throw new FormatException($"unexpected '{tokens[parsed._next]}'");
        };
    }

    private bool Or()
    {
        var holds = And();
        while (Take("or"))
        {
            holds |= And();
        }

        return holds;
    }

    private bool And()
    {
        var holds = One();
        while (Take("and"))
        {
            holds &= One();
        }

        return holds;
    }

    private bool One()
    {
        if (Take("("))
        {
            var holds = Or();
            return Take(")") ? holds : throw new FormatException("')' is missing");
        }

        var field = Next();
        if (!Take("="))
        {
            throw new FormatException($"'{field}' without an operator");
        }

        return IsEqual(Member(field), Next());
    }

    private static bool IsEqual(JsonNode? value, string wanted)
    {
        if (wanted[0] != '"')
        {
            return string.Equals(value?.ToJsonString(), wanted, StringComparison.OrdinalIgnoreCase);
        }

        // The database compares as LIKE does.
        var pattern = new StringBuilder("^");
        var text = wanted[1..^1];
        for (var index = 0; index < text.Length; index++)
        {
            if (text.AsSpan(index).StartsWith("[[]", StringComparison.Ordinal))
            {
                pattern.Append("\\[");
                index += 2;
            }
            else
            {
                pattern.Append(text[index] switch { '*' or '%' => ".*", '_' => ".", '[' => "[", var literal => Regex.Escape(literal.ToString()) });
            }
        }

        return Regex.IsMatch((string?)value ?? "", $"{pattern}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    private JsonNode? Member(string path)
    {
        JsonNode? found = _record;
        foreach (var name in path.Split('/'))
        {
            found = found is JsonObject parent && parent.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } member
                ? member.Value
                : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"field {path} is unknown"));
        }

        return found;
    }

    private bool Take(string token)
    {
        if (_next < _tokens.Count && _tokens[_next].Equals(token, StringComparison.OrdinalIgnoreCase))
        {
            _next++;
            return true;
        }

        return false;
    }

    private string Next() => _next < _tokens.Count ? _tokens[_next++] : throw new FormatException("it ends too early");

    private static List<string> Tokens(string conditions)
    {
        var tokens = new List<string>();
        var at = 0;
        foreach (Match token in TokenPattern().Matches(conditions))
        {
            if (conditions[at..token.Index].Trim().Length > 0)
            {
                break;
            }

            tokens.Add(token.Value);
            at = token.Index + token.Length;
        }

        return conditions[at..].Trim().Length == 0 ? tokens : throw new FormatException($"'{conditions[at..]}' cannot be read");
    }

    [GeneratedRegex("\"[^\"]*\"|[()=]|[A-Za-z/]+|[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();
}
