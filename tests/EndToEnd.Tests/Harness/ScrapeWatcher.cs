using System.Collections.Concurrent;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// Scrapes without a pause, as an impatient Prometheus would, and notes every counter that falls or vanishes. That the exporter does not answer
/// now and then is expected; an answer that is wrong is not.
/// </summary>
internal sealed class ScrapeWatcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Dictionary<string, double> _counters = new(StringComparer.Ordinal);
    private readonly Task _loop;

    public ScrapeWatcher(int port) => _loop = ScrapeAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

    public IReadOnlyCollection<string> Faults => _faults;

    public int Scrapes { get; private set; }

    /// <summary>Scrapes that showed more attempts than the one before.</summary>
    public int Rises { get; private set; }

    /// <summary>The sum of all attempts in the last scrape.</summary>
    public double ShownAttempts { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private async Task ScrapeAsync(Uri address)
    {
        while (!_end.IsCancellationRequested)
        {
            // A connection each: the exporter of the scrape before may be dead.
            using var http = new HttpClient();
            try
            {
                Compare(PrometheusText.Parse(await http.GetStringAsync(address, _end.Token)));
                Scrapes++;
                await Task.Delay(TimeSpan.FromMilliseconds(50), _end.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                await Task.Yield();
            }
            catch (FormatException e)
            {
                _faults.Enqueue(e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Compare(PrometheusText scrape)
    {
        // Those of the process begin with it.
        var counters = scrape.Samples.Values.Where(sample =>
            sample.Name.StartsWith("smb1_", StringComparison.Ordinal) && scrape.Types.GetValueOrDefault(sample.Name) == "counter").ToList();
        foreach (var sample in counters)
        {
            if (_counters.TryGetValue(sample.Series, out var before) && sample.Value < before)
            {
                _faults.Enqueue($"{sample.Series} fell from {before} to {sample.Value}");
            }
        }

        var gone = _counters.Keys.Except(counters.Select(sample => sample.Series));
        foreach (var series in gone)
        {
            _faults.Enqueue($"{series} was shown with {_counters[series]} and is gone");
            _counters.Remove(series);
        }

        foreach (var sample in counters)
        {
            _counters[sample.Series] = sample.Value;
        }

        var shown = scrape.Of(ExporterProcess.Attempts).Sum(sample => sample.Value);
        Rises += shown > ShownAttempts ? 1 : 0;
        ShownAttempts = shown;
    }
}
