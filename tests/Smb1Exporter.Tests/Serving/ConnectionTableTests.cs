using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Serving;

namespace Smb1Exporter.Tests.Serving;

public sealed class ConnectionTableTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly RefusalLog _refusals;
    private readonly ConnectionTable _table;

    public ConnectionTableTests()
    {
        _refusals = new RefusalLog(_clock, NullLogger<RefusalLog>.Instance);
        _table = new ConnectionTable(new ServingLimits(4, 1, TimeSpan.FromMinutes(1)), _refusals, _clock);
    }

    public void Dispose() => _refusals.Dispose();

    [Fact]
    public async Task No_more_than_allowed_are_open()
    {
        var all = Enumerable.Range(0, 20).Select(_ => Connect("192.0.2.1")).ToList();
        Assert.Equal(4, _table.Count);
        Assert.Equal(16, all.Count(connection => connection.IsClosed));
        foreach (var connection in all)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public void The_origin_with_the_most_connections_makes_way_however_new_they_are()
    {
        var prometheus = Connect("192.0.2.1");
        var strangers = Enumerable.Range(0, 100).Select(_ => Connect("198.51.100.7")).ToList();
        Assert.False(prometheus.IsClosed);
        Assert.Equal(3, strangers.Count(stranger => !stranger.IsClosed));

        var another = Connect("192.0.2.2");
        Assert.False(another.IsClosed);
        Assert.False(prometheus.IsClosed);
    }

    [Fact]
    public void An_IPv6_network_of_64_bits_is_one_origin()
    {
        var prometheus = Connect("2001:db8:1::1");
        _ = Enumerable.Range(1, 100).Select(host => Connect($"2001:db8:2::{host:x}")).ToList();
        Assert.False(prometheus.IsClosed);
    }

    [Fact]
    public void One_that_waits_makes_way_before_one_that_is_answered_and_the_longest_first()
    {
        var busy = Connect("192.0.2.1");
        var older = Connect("192.0.2.2");
        var newer = Connect("192.0.2.3");
        var newest = Connect("192.0.2.4");
        busy.SetBusy(_table, true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        older.SetBusy(_table, true);
        older.SetBusy(_table, false);

        Connect("192.0.2.5");
        Assert.Equal([false, false, true, false], [busy.IsClosed, older.IsClosed, newer.IsClosed, newest.IsClosed]);
        Connect("192.0.2.6");
        Assert.Equal([false, false, true, true], [busy.IsClosed, older.IsClosed, newer.IsClosed, newest.IsClosed]);
    }

    [Fact]
    public void When_all_are_answered_the_one_that_takes_longest_makes_way()
    {
        FakeConnection[] all = [.. Enumerable.Range(1, 4).Select(host => Connect($"192.0.2.{host}"))];
        foreach (var connection in all)
        {
            connection.SetBusy(_table, true);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Connect("192.0.2.5");
        Assert.Equal([true, false, false, false], all.Select(connection => connection.IsClosed));
    }

    [Fact]
    public async Task One_that_ends_by_itself_leaves_its_place()
    {
        var first = Connect("192.0.2.1");
        await first.EndAsync();
        Assert.Equal(0, _table.Count);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1:2:3:4", "2001:db8::/64")]
    public void The_origin_is_the_address_or_the_network(string? address, string origin) =>
        Assert.Equal(origin, OpenConnection.OriginOf(address is null ? null : IPAddress.Parse(address)));

    private FakeConnection Connect(string address)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var connection = new FakeConnection(IPAddress.Parse(address));
        _table.Add(connection);
        return connection;
    }

    private sealed class FakeConnection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public FakeConnection(IPAddress address)
        {
            RemoteEndPoint = new IPEndPoint(address, 1);
            ConnectionClosed = _closed.Token;
        }

        public bool IsClosed { get; private set; }

        public Task EndAsync() => _closed.CancelAsync();

        public void SetBusy(ConnectionTable table, bool isBusy) => table.Update(Features.Get<OpenConnection>()!, isBusy);

        public override void Abort(ConnectionAbortedException abortReason)
        {
            IsClosed = true;
            _closed.Cancel();
        }

        public override ValueTask DisposeAsync()
        {
            _closed.Dispose();
            return base.DisposeAsync();
        }
    }
}
