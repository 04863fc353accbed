using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Storage.Postgres;

/// <summary>What is wrong with PostgreSQL, and what to do. Pure. States: PostgreSQL's manual, appendix "PostgreSQL Error Codes".</summary>
internal static class PostgresFault
{
    private const string RightsRemedy = "Make its account the owner of the database or the schema, or grant it CREATE on the schema and all on the tables";
    private const string SignInRemedy = "Check Username, Receiver:DatabasePasswordFile, SSL Mode, and pg_hba.conf of the server";

    /// <summary>For what is answered and logged while the receiver runs: it names no account.</summary>
    public static string Explain(Exception fault)
    {
        var (problem, remedy) = Of(fault);
        return $"{problem.TrimEnd('.')}.{(remedy.Length == 0 ? "" : $" {remedy}.")}";
    }

    /// <summary>For the one who starts the receiver: all that the server says.</summary>
    public static StartupException AtStart(string name, Exception fault)
    {
        var (problem, remedy) = Of(fault);
        var told = fault.GetBaseException() is PostgresException e ? SafeText.Line($"{e.MessageText} ({e.SqlState})")! : problem;
        return Fault(name, $"cannot be used: {told}", remedy.Length == 0 ? "Correct it, or name another database" : remedy, fault);
    }

    public static StartupException Fault(string name, string problem, string remedy, Exception? cause = null) =>
        new($"Receiver:Database: {name} {problem.TrimEnd('.')}. {remedy}.", cause);

    private static (string Problem, string Remedy) Of(Exception fault) => fault.GetBaseException() switch
    {
        PostgresException e => OfServer(e),
        StartupException e => (e.Message, ""),
        AuthenticationException e => ($"no secure connection: {Line(e)}", "Check SSL Mode and Root Certificate"),
        var e and (SocketException or TimeoutException or IOException or NpgsqlException) =>
            ($"it cannot be reached: {Line(e)}", "Check that the server runs, Host, Port and the network to it"),
        var e => (Line(e), ""),
    };

    private static (string Problem, string Remedy) OfServer(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidCatalogName => ("there is no such database", "Create it, or correct Database"),
        PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidPassword => ("it refuses the sign-in", SignInRemedy),
        PostgresErrorCodes.InsufficientPrivilege => ("the account has not the rights", RightsRemedy),
        PostgresErrorCodes.ReadOnlySqlTransaction => ("it is read-only", "Name the primary server, or let Target Session Attributes=primary choose it"),
        PostgresErrorCodes.DiskFull => ("its disk is full", "Free some space on it"),
        PostgresErrorCodes.TooManyConnections => ("it has no connection left", "Raise max_connections of the server, or lower Receiver:MaxParallelDeliveries"),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            ("it is being stopped or started", "Start it, if nobody does"),
        PostgresErrorCodes.UndefinedTable => ("a table is gone", "Restore it from a backup, or start the receiver anew on an empty schema"),
        _ => (SafeText.Line($"{e.MessageText} ({e.SqlState})")!, ""),
    };

    private static string Line(Exception e) => SafeText.Line(e.Message) ?? e.GetType().Name;
}
