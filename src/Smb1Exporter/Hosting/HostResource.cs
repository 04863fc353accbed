using OpenTelemetry.Resources;
using Smb1Exporter.Exposition;

namespace Smb1Exporter.Hosting;

/// <summary>The OpenTelemetry resource that names this host; <c>host.name</c> and <c>customer</c> become labels of every series.</summary>
internal sealed class HostResource
{
    /// <param name="options">What is set.</param>
    /// <param name="machine">What the machine calls itself.</param>
    /// <param name="shownBefore">Under which name this installation showed the server before; null where it never did.</param>
    public HostResource(ExpositionOptions options, MachineName machine, string? shownBefore)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(machine);
        var name = Choose(options.HostNameForm, machine, shownBefore);
        Resource = Build(options, name);
        var attributes = Resource.Attributes.ToDictionary(pair => pair.Key, pair => pair.Value);
        HostName = attributes[Smb1Metrics.HostNameAttribute].ToString()!;
        Customer = attributes[Smb1Metrics.CustomerAttribute].ToString()!;
        if (machine.IsCut && HostName == name)
        {
            (IsWhole, IsKeptShort) = (name == machine.Whole, name != machine.Whole && options.HostNameForm == HostNameForm.Auto);
        }
    }

    /// <summary>All attributes.</summary>
    public Resource Resource { get; }

    /// <summary>The server's name.</summary>
    public string HostName { get; }

    /// <summary>The organisation that owns the server; empty when none was given.</summary>
    public string Customer { get; }

    /// <summary>Whether the server's name is the machine's whole one, where that differs from the short one.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether the server's name is the machine's short one, which other machines may have too, only because it was shown before.</summary>
    public bool IsKeptShort { get; }

    /// <summary>That the short name is kept, and the remedy: sentences.</summary>
    public static string KeptShort(MachineName machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return $"This machine is called {machine.Whole}, but host_name stays {machine.Short}, as it was shown before: another machine with that short name would "
            + $"pass for the same server. Set Exporter:HostNameForm to Full to show {machine.Whole}, which dashboards, silences and open tickets do not know yet, "
            + "or to Short if no other machine has that name.";
    }

    // Whoever has dashboards and tickets under a name keeps it, until he says otherwise.
    private static string Choose(HostNameForm form, MachineName machine, string? shownBefore) => form switch
    {
        HostNameForm.Short => machine.Short,
        HostNameForm.Auto when !machine.IsCut || shownBefore == machine.Short => machine.Short,
        _ => machine.Whole,
    };

    // What is set in our section wins over OTEL_RESOURCE_ATTRIBUTES, which wins over the machine's name.
    private static Resource Build(ExpositionOptions options, string machineName)
    {
        var builder = ResourceBuilder.CreateEmpty()
            .AddAttributes([new(Smb1Metrics.HostNameAttribute, machineName), new(Smb1Metrics.CustomerAttribute, "")])
            .AddService("smb1-exporter", serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector();
        Override(builder, Smb1Metrics.HostNameAttribute, options.HostName);
        Override(builder, Smb1Metrics.CustomerAttribute, options.Customer);
        return builder.Build();
    }

    private static void Override(ResourceBuilder builder, string attribute, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            builder.AddAttributes([new(attribute, value)]);
        }
    }
}
