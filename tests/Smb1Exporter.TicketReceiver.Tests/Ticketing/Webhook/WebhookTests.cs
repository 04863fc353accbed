using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Webhook;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Webhook;

/// <summary>What is particular to the webhook.</summary>
public sealed class WebhookTests
{
    private const string Key = "smb1-0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Post", "POST")]
    [InlineData("put", "PUT")]
    [InlineData("PATCH", "PATCH")]
    public async Task The_method_is_the_one_of_the_settings_and_the_delivery_is_named_in_the_header(string setting, string method)
    {
        await using var fixture = await WebhookFixture.StartAsync(method);
        var webhook = TicketingSystems.Of(fixture, ("Receiver:Webhook:Method", setting), ("Receiver:Webhook:Headers:1:Name", "X-Site"), ("Receiver:Webhook:Headers:1:Value", "Vienna, Graz"));

        Assert.Equal("1", await DoneAsync(webhook.CreateAsync(Message(), Cancellation)));
        Assert.Equal("1", await DoneAsync(webhook.AddNoteAsync("1", Message() with { DeliveryId = "fedcba9876543210" }, Cancellation)));

        var hook = fixture.Hook;
        Assert.Equal([method, method], hook.Seen.Select(request => request.Method));
        Assert.Equal(["\"0123456789abcdef\"", "\"fedcba9876543210\""], hook.Headers.Select(headers => headers["Idempotency-Key"].ToString()));
        Assert.All(hook.Headers, headers => Assert.Equal("Vienna, Graz", headers["X-Site"]));
        Assert.All(hook.Headers, headers => Assert.Equal("application/json; charset=utf-8", headers.ContentType));
        Assert.Equal([("open", ""), ("note", "1")], Assert.Single(hook.Tickets).Events.Select(sent => ((string)sent["event"]!, (string)sent["reference"]!)));
    }

    [Fact]
    public async Task A_repeat_is_the_same_byte_for_byte_so_that_its_receiver_can_drop_it()
    {
        await using var fixture = await WebhookFixture.StartAsync();
        var webhook = TicketingSystems.Of(fixture);

        Assert.Equal("1", await DoneAsync(webhook.CreateAsync(Message(), Cancellation)));
        Assert.Equal("1", await DoneAsync(webhook.CreateAsync(Message(), Cancellation)));

        Assert.Equal(fixture.Hook.Seen[0], fixture.Hook.Seen[1]);
        Assert.Single(Assert.Single(fixture.Hook.Tickets).Events);
    }

    [Theory]
    [InlineData("\", \"event\": \"close\", \"x\": \"")]
    [InlineData("%KEY% %BODY%\\")]
    [InlineData("\u0000\u2028{{x}} </script> ${env:PATH}")]
    public async Task No_value_breaks_out_of_its_text(string hostile)
    {
        await using var fixture = await WebhookFixture.StartAsync();
        var message = Message() with
        {
            Customer = hostile,
            Server = hostile,
            Subject = hostile,
            Body = $"{hostile}\n{hostile}",
            Route = new TicketRoute(hostile, hostile, hostile, hostile, hostile),
        };

        await DoneAsync(TicketingSystems.Of(fixture).CreateAsync(message, Cancellation));

        var sent = Assert.Single(Assert.Single(fixture.Hook.Tickets).Events);
        Assert.Equal("open", (string)sent["event"]!);
        Assert.Equal(message.Body, (string)sent["body"]!);
        Assert.All([sent["server"], sent["customer"], sent["subject"], .. sent["route"]!.AsObject().Select(part => part.Value)], value => Assert.Equal(hostile, (string)value!));
    }

    [Fact]
    public async Task A_template_of_ones_own_keeps_its_shape()
    {
        await using var fixture = await WebhookFixture.StartAsync();
        const string Template =
            """
            { "key": "%KEY%", "event": "%EVENT%", "list": ["%COMPUTERNAME%: %SUBJECT%", 1, true, null, { "percent": "100 % of 5%", "id": "%DELIVERYID%" }], "%KEY%": 1 }
            """;
        var webhook = TicketingSystems.Of(fixture, ("Receiver:Webhook:TemplateFile", fixture.Write("template.json", Template)));

        await DoneAsync(webhook.CreateAsync(Message(), Cancellation));

        Assert.Equal(
            $$"""{"key":"{{Key}}","event":"open","list":["FS01: SMB1 Traffic Detected on FS01",1,true,null,{"percent":"100 % of 5%","id":"0123456789abcdef"}],"%KEY%":1}""",
            fixture.Hook.Seen[^1].Body);
    }

    [Theory]
    [InlineData("{ \"text\": \"%SUBJCT%\" }", "%SUBJCT% cannot be used here; use %EVENT%, %KEY%")]
    [InlineData("{ \"text\": [{ \"a\": \"%RESULT%\" }] }", "%RESULT% cannot be used here")]
    [InlineData("{ \"text\": ", "it is not JSON")]
    [InlineData("{ \"text\": \"\n\" }", "it is not JSON")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "it is not JSON")]
    [InlineData("\"%KEY%\"", "it is not a JSON object")]
    [InlineData("null", "it is not a JSON object")]
    [InlineData("", "it is not JSON")]
    public async Task A_wrong_template_is_told_at_the_start(string template, string message)
    {
        await using var fixture = await WebhookFixture.StartAsync();
        var file = fixture.Write("template.json", template);

        var wrong = Assert.Throws<StartupException>(() => TicketingSystems.Of(fixture, ("Receiver:Webhook:TemplateFile", file)));

        Assert.Contains($"Receiver:Webhook:TemplateFile: {file}: {message}", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Receiver:Webhook:Url", "", "Receiver:Webhook:Url: is missing")]
    [InlineData("Receiver:Webhook:Url", "https://admin:password@hooks.example/x", "'hooks.example/x' is not an address")]
    [InlineData("Receiver:Webhook:Url", "file:///etc/passwd", "Receiver:Webhook:Url: 'file:///etc/passwd' is not an address")]
    [InlineData("Receiver:Webhook:Method", "GET", "Receiver:Webhook:Method: 'GET' is not one of Post, Put, Patch")]
    [InlineData("Receiver:Webhook:ReferencePath", "id", "Receiver:Webhook:ReferencePath: 'id' is not a JSON pointer")]
    [InlineData("Receiver:Webhook:TemplateFile", "/nowhere/template.json", "Receiver:Webhook:TemplateFile: /nowhere/template.json cannot be read")]
    [InlineData("Receiver:Webhook:Authorization", "Bearer x", "Receiver:Webhook:Authorization: a secret may stand in the environment")]
    [InlineData("Receiver:Webhook:Headers:0:Name", "X Api", "Receiver:Webhook:Headers:0:Name: 'X Api' is not the name of a header")]
    [InlineData("Receiver:Webhook:Headers:0:Name", "idempotency-key", "is not the name of a header that can be added")]
    [InlineData("Receiver:Webhook:Headers:0:Name", "authorization", "Use Receiver:Webhook:AuthorizationFile")]
    [InlineData("Receiver:Webhook:Headers:0:Value", "x", "needs either Value or SecretFile")]
    [InlineData("Receiver:Webhook:Headers:0:SecretFile", "", "needs either Value or SecretFile")]
    [InlineData("Receiver:Webhook:Headers:0:Secret", "x", "a secret may stand in the environment")]
    public async Task A_wrong_setting_is_told_at_the_start(string key, string value, string message)
    {
        await using var fixture = await WebhookFixture.StartAsync();

        var wrong = Assert.Throws<StartupException>(() => TicketingSystems.Of(fixture, (key, value)));

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_address_and_authorization_are_sent_and_never_shown()
    {
        await using var fixture = await WebhookFixture.StartAsync();
        var webhook = TicketingSystems.Of(
            fixture,
            ("Receiver:Webhook:Url", $"{fixture.Hook.Address}hooks/"),
            ("Receiver:Webhook:UrlSecretFile", fixture.Write("url", "smb1?code=hidden")),
            ("Receiver:Webhook:AuthorizationFile", fixture.Write("authorization", "Bearer very-hidden")));
        var preview = string.Join('\n', webhook.Preview(Message(), Message()).Select(request => request.Text));
        Assert.Contains($"POST {fixture.Hook.Address}hooks/***", preview, StringComparison.Ordinal);
        Assert.Contains("X-Api-Key: ***", preview, StringComparison.Ordinal);
        Assert.Contains("Authorization: ***", preview, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", preview + webhook.Name, StringComparison.Ordinal);

        Assert.Empty(await webhook.CheckAsync(Cancellation));
        await DoneAsync(webhook.CreateAsync(Message(), Cancellation));
        Assert.Equal("/hooks/smb1?code=hidden", fixture.Hook.Seen[^1].PathAndQuery);
        Assert.Equal("Bearer very-hidden", fixture.Hook.Headers[^1].Authorization);

        fixture.Faults.Always(Fault.Of(500));
        var failed = await Assert.ThrowsAsync<TicketingException>(() => webhook.CreateAsync(Message(), Cancellation));
        Assert.DoesNotContain("hidden", failed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Hook.Secret, failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ok")]
    [InlineData("{\"ok\":true}")]
    public async Task Without_a_path_any_success_is_one_and_the_key_is_the_reference(string answer)
    {
        await using var fixture = await WebhookFixture.StartAsync();
        fixture.Hook.PlainAnswer = answer;
        var webhook = TicketingSystems.Of(fixture, ("Receiver:Webhook:ReferencePath", ""));

        Assert.Null(await DoneAsync(webhook.FindOpenAsync(new TicketSearch(Key, null), Cancellation)));
        Assert.Equal(Key, await DoneAsync(webhook.CreateAsync(Message(), Cancellation)));
        Assert.Equal(Key, await DoneAsync(webhook.FindOpenAsync(new TicketSearch(Key, Key), Cancellation)));
    }

    [Theory]
    [InlineData("ok")]
    [InlineData("{\"ticket\":{}}")]
    [InlineData("{\"ticket\":{\"id\":\"\"}}")]
    [InlineData("{\"ticket\":[]}")]
    public async Task With_a_path_an_answer_that_does_not_name_the_ticket_is_for_later(string answer)
    {
        await using var fixture = await WebhookFixture.StartAsync();
        fixture.Hook.PlainAnswer = answer;

        var wrong = await Assert.ThrowsAsync<TicketingException>(() => TicketingSystems.Of(fixture).CreateAsync(Message(), Cancellation));

        Assert.IsType<TicketingOutcome.RetryLater>(wrong.Outcome);
        Assert.Contains("Receiver:Webhook:ReferencePath", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a", "{\"a\":\"x\"}", "x")]
    [InlineData("/a/1/b", "{\"a\":[{},{\"b\":42}]}", "42")]
    [InlineData("/a~1b/m~0n", "{\"a/b\":{\"m~n\":\"x\"}}", "x")]
    [InlineData("/~01", "{\"~1\":\"x\"}", "x")]
    [InlineData("/", "{\"\":\"x\"}", "x")]
    [InlineData("/a/01", "{\"a\":[1,2]}", null)]
    [InlineData("/a/2", "{\"a\":[1,2]}", null)]
    [InlineData("/a/-1", "{\"a\":[1,2]}", null)]
    [InlineData("/a", "{\"a\":true}", null)]
    [InlineData("/a", "[", null)]
    public void A_pointer_finds_what_RFC_6901_says(string path, string json, string? expected) => Assert.Equal(expected, JsonPointer.Parse(path).Find(json));

    [Theory]
    [InlineData(404, true)]
    [InlineData(405, true)]
    [InlineData(302, true)]
    [InlineData(503, false)]
    public async Task The_check_asks_whether_anything_answers(int status, bool isThere)
    {
        await using var fixture = await WebhookFixture.StartAsync();
        fixture.Faults.Always(Fault.Of(status));
        var webhook = TicketingSystems.Of(fixture);

        var failure = await Record.ExceptionAsync(() => webhook.CheckAsync(Cancellation));

        Assert.Equal(isThere, failure is null);
        Assert.Equal(("OPTIONS", ""), (Assert.Single(fixture.Hook.Seen).Method, fixture.Hook.Seen[0].Body));
        Assert.Empty(await TicketingSystems.Of(fixture, ("Receiver:Webhook:Probe", "false")).CheckAsync(Cancellation));
        Assert.Single(fixture.Hook.Seen);
    }

    private static TicketMessage Message() => new(
        1, "0123456789abcdef", Key, "Contoso", "FS01", "SMB1 Traffic Detected on FS01", "SMB1 Traffic detected on Contoso\\FS01.", new TicketRoute(null, null, null, null, null));

    private static async Task<string?> DoneAsync(Task<TicketingOutcome> outcome) => Assert.IsType<TicketingOutcome.Done>(await outcome).Reference;
}
