using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace Smb1Exporter.Configuration;

/// <summary>Where a program listens, and what is said when it cannot.</summary>
public static class Listening
{
    private static readonly string[] AddressKeys = ["Urls", "http_ports", "https_ports"];

    /// <summary>Makes <paramref name="url"/> the address when no setting names one.</summary>
    public static void UseDefault(ConfigurationManager configuration, string url)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!Addresses(configuration).Any() && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            configuration["Urls"] = url;
        }
    }

    /// <summary>Starts the program.</summary>
    /// <param name="app">Ready to be started.</param>
    /// <param name="defaultUrl">An address that can be listened on, for the message.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>False when it was told to stop before it had started: nothing was taken, nothing is lost.</returns>
    /// <exception cref="StartupException">It cannot listen; the message says on what, why, and what to do.</exception>
    public static async Task<bool> StartAsync(WebApplication app, string defaultUrl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            await app.StartAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            await StopAsync(app);
            if (e is not (IOException or SocketException or FormatException or ArgumentException or InvalidOperationException))
            {
                throw;
            }

            // Whatever the server throws at an address: this is what it was trying.
            var remedy = e is IOException { InnerException: AddressInUseException }
                ? "Stop the program that uses the address, or listen on another one with --urls=http://HOST:PORT."
                : $"Correct Urls or Kestrel:Endpoints, for example --urls={defaultUrl}.";
            var addresses = Wording.Shown(string.Join(", ", Addresses(app.Configuration)));
            throw new StartupException($"Cannot listen on {addresses}: {e.Message.TrimEnd('.')}. {remedy}", e);
        }
    }

    /// <summary>
    /// Ends what had started already. A host that is only disposed of takes a worker that it cancels before its first step for one that failed, and
    /// logs its stack trace.
    /// </summary>
    private static async Task StopAsync(WebApplication app)
    {
        // A service tells it to the service control manager as it stops.
        Environment.ExitCode = 1;
        try
        {
            await app.StopAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // Why it could not start is what there is to tell.
        }
    }

    /// <summary>What the settings name; a port setting stands with its key.</summary>
    private static IEnumerable<string> Addresses(IConfiguration configuration) => AddressKeys
        .Where(key => !string.IsNullOrWhiteSpace(configuration[key]))
        .Select(key => key == AddressKeys[0] ? configuration[key]! : $"{key} {configuration[key]}")
        .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>());
}
