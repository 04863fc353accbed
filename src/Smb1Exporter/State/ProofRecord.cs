using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>What the servers answered, as values of the state file.</summary>
internal static class ProofRecord
{
    private const string Belief = "proof/belief";

    public static void Write(ServerProof proof, Action<string, string?> set)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(set);
        set(Belief, proof.IsBelief ? bool.TrueString : null);
        WriteOne("served", proof.Served);
        WriteOne("audited", proof.Audited);
        WriteOne("idle", proof.Idle);

        void WriteOne(string name, ProofResult result)
        {
            set($"proof/{name}/answer", result.Answer?.ToString());
            set($"proof/{name}/time", result.Time is { } time ? StateTime.ToMicroseconds(time).ToString(CultureInfo.InvariantCulture) : null);
            set($"proof/{name}/detail", result.Detail);
        }
    }

    /// <param name="get">Gives a value; "" where there is none.</param>
    public static ServerProof Read(Func<string, string> get)
    {
        ArgumentNullException.ThrowIfNull(get);
        return new ServerProof(ReadOne("served"), ReadOne("audited"), ReadOne("idle")) { IsBelief = get(Belief) == bool.TrueString };

        ProofResult ReadOne(string name) => new(
            bool.TryParse(get($"proof/{name}/answer"), out var answer) ? answer : null, StateNames.TimeOf(get($"proof/{name}/time")), get($"proof/{name}/detail"));
    }
}
