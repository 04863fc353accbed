using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace Smb1Exporter.Tests.Installation;

/// <summary>
/// The rules that PSScriptAnalyzer checks by default, as far as they concern these scripts, and that nothing in them is newer than
/// Windows PowerShell 5.1.
/// </summary>
public sealed class ScriptRulesTests
{
    /// <summary>Every command used, with the parameters used with it: all are in Windows PowerShell 5.1 of Windows Server 2016.</summary>
    private static readonly Dictionary<string, string[]> Commands = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Add-Member"] = ["InputObject", "NotePropertyName", "NotePropertyValue"],
        ["ConvertFrom-Json"] = ["InputObject"],
        ["ConvertTo-Json"] = ["InputObject", "Depth"],
        ["Copy-Item"] = ["LiteralPath", "Destination", "Force"],
        ["ForEach-Object"] = ["Process"],
        ["Get-Acl"] = ["LiteralPath"],
        ["Get-ChildItem"] = ["LiteralPath", "Force"],
        ["Get-CimInstance"] = ["ClassName", "Filter"],
        ["Get-FileHash"] = ["LiteralPath", "ErrorAction"],
        ["Get-Item"] = ["LiteralPath", "Force"],
        ["Get-ItemProperty"] = ["LiteralPath"],
        ["Get-NetFirewallRule"] = ["Name", "ErrorAction"],
        ["Get-Service"] = ["Name", "ErrorAction"],
        ["Get-WinEvent"] = ["FilterHashtable", "MaxEvents", "ErrorAction"],
        ["Invoke-CimMethod"] = ["InputObject", "MethodName", "Arguments"],
        ["Join-Path"] = ["Path", "ChildPath"],
        ["Move-Item"] = ["LiteralPath", "Destination", "Force", "ErrorAction"],
        ["New-Item"] = ["Path", "ItemType", "Force"],
        ["New-ItemProperty"] = ["LiteralPath", "Name", "Value", "PropertyType", "Force"],
        ["New-NetFirewallRule"] = ["ErrorAction"],
        ["New-Object"] = ["TypeName"],
        ["New-Service"] = ["Name", "BinaryPathName", "DisplayName", "Description", "StartupType"],
        ["Remove-Item"] = ["LiteralPath", "Force", "Recurse", "ErrorAction"],
        ["Remove-NetFirewallRule"] = ["Name", "ErrorAction"],
        ["Set-Acl"] = ["LiteralPath", "AclObject"],
        ["Set-NetFirewallRule"] = ["Name", "Protocol", "LocalPort", "ErrorAction"],
        ["Set-StrictMode"] = ["Version"],
        ["Start-Service"] = ["Name", "ErrorAction"],
        ["Start-Sleep"] = ["Milliseconds", "Seconds"],
        ["Stop-Service"] = ["Name", "Force", "NoWait"],
        ["Test-Path"] = ["LiteralPath"],
        ["Where-Object"] = ["FilterScript"],
        ["Write-Information"] = ["MessageData"],
        ["Write-Verbose"] = ["Message"],
        ["Write-Warning"] = ["Message"],
    };

    private static readonly string[] Preferences = ["ErrorActionPreference", "InformationPreference"];

    public static TheoryData<string> Scripts => InstallScript.Names;

    [Theory]
    [MemberData(nameof(Scripts))]
    [InlineData(InstallScript.OneConnection)]
    public void Parses_as_plain_text_of_every_code_page(string name)
    {
        var script = InstallScript.Read(name);
        Assert.Empty(script.Errors);
        Assert.DoesNotContain(script.Text, character => !char.IsAscii(character) || character is '\t' or '\r');
        Assert.All(script.Text.Split('\n'), line => Assert.True(line.Length <= 150 && line == line.TrimEnd(), line));
        Assert.Contains("Set-StrictMode -Version Latest", script.Text, StringComparison.Ordinal);
        Assert.Equal("5.1", script.Ast.ScriptRequirements.RequiredPSVersion.ToString());
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    [InlineData(InstallScript.OneConnection)]
    public void Has_no_syntax_newer_than_5_1(string name)
    {
        var script = InstallScript.Read(name);
        Assert.Empty(script.All<TernaryExpressionAst>());
        Assert.Empty(script.All<PipelineChainAst>());
        Assert.DoesNotContain(script.All<PipelineAst>(), pipeline => pipeline.Background);
        Assert.DoesNotContain(script.All<MemberExpressionAst>(), member => member.NullConditional);
        Assert.DoesNotContain(script.All<IndexExpressionAst>(), index => index.NullConditional);
        Assert.DoesNotContain(script.Tokens, token => token.Kind
            is TokenKind.QuestionQuestion or TokenKind.QuestionQuestionEquals or TokenKind.QuestionDot or TokenKind.QuestionLBracket
            or TokenKind.Clean);
        Assert.All(script.All<InvokeMemberExpressionAst>(), call => Assert.Null(call.GenericTypeArguments));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Uses_only_commands_and_parameters_of_5_1_by_their_full_names(string name)
    {
        var script = InstallScript.Read(name);
        var own = script.Functions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);
        var aliases = InitialSessionState.CreateDefault2().Commands.OfType<SessionStateAliasEntry>().Select(alias => alias.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.NotEmpty(aliases);
        foreach (var command in script.All<CommandAst>())
        {
            if (command.GetCommandName() is not { } called)
            {
                Assert.Equal(TokenKind.Ampersand, command.InvocationOperator);
                continue;
            }

            Assert.DoesNotContain(called, aliases);
            var known = own.TryGetValue(called, out var function)
                ? [.. (function.Body.ParamBlock?.Parameters ?? []).Select(parameter => parameter.Name.VariablePath.UserPath)]
                : Assert.Contains(called, Commands);
            var used = command.CommandElements.OfType<CommandParameterAst>().Select(parameter => parameter.ParameterName).ToList();
            Assert.All(used, parameter => Assert.Contains(parameter, known));
            Assert.All(command.CommandElements.Skip(1), (element, index) => Assert.True(
                element is CommandParameterAst
                    || element is VariableExpressionAst { Splatted: true }
                    || command.CommandElements[index] is CommandParameterAst { Argument: null },
                $"{command} has an argument without the name of its parameter"));
        }
    }

    /// <summary>Their errors do not end the script by its preference, which modules do not see.</summary>
    [Theory]
    [MemberData(nameof(Scripts))]
    public void Cmdlets_of_script_modules_are_told_what_to_do_on_an_error(string name) => Assert.All(
        InstallScript.Read(name).All<CommandAst>().Where(command => command.GetCommandName()
            is "Get-FileHash" or "Get-NetFirewallRule" or "New-NetFirewallRule" or "Set-NetFirewallRule" or "Remove-NetFirewallRule"),
        command => Assert.Contains(command.CommandElements, element => element is CommandParameterAst { ParameterName: "ErrorAction" }));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Functions_have_approved_verbs_and_singular_nouns(string name)
    {
        // Of these verbs PSScriptAnalyzer asks that the function itself knows -WhatIf.
        string[] changing = ["New", "Set", "Remove", "Start", "Stop", "Restart", "Reset", "Update"];
        var verbs = typeof(VerbsCommon).Assembly.GetExportedTypes()
            .Where(type => type.Name.StartsWith("Verbs", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields())
            .Select(field => field.Name)
            .ToHashSet();
        Assert.All(InstallScript.Read(name).Functions, function =>
        {
            var parts = function.Name.Split('-');
            Assert.Equal(2, parts.Length);
            Assert.Contains(parts[0], verbs);
            Assert.False(parts[1].EndsWith('s') && !parts[1].EndsWith("ss", StringComparison.Ordinal), function.Name);
            Assert.True(!changing.Contains(parts[0]) || IsAsking(function.Body), function.Name);
        });
        Assert.DoesNotContain(InstallScript.Read(name).Functions, function => Commands.ContainsKey(function.Name));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void What_is_declared_is_used(string name)
    {
        var script = InstallScript.Read(name);
        foreach (var block in script.Functions.Select(function => function.Body).Where(body => body.ParamBlock is not null))
        {
            var inside = Variables(block, nested: false).Skip(block.ParamBlock.Parameters.Count).ToList();
            Assert.All(block.ParamBlock.Parameters, parameter => Assert.Contains(parameter.Name.VariablePath.UserPath, inside));
        }

        var everywhere = Variables(script.Ast, nested: true).ToList();
        Assert.All(script.Ast.ParamBlock.Parameters, parameter =>
            Assert.True(everywhere.Count(used => used == parameter.Name.VariablePath.UserPath) > 1, parameter.Name.ToString()));
        var called = script.All<CommandAst>().Select(command => command.GetCommandName()).ToHashSet();
        Assert.All(script.Functions, function => Assert.Contains(function.Name, called));

        var assigned = script.All<AssignmentStatementAst>().Select(assignment => assignment.Left).OfType<VariableExpressionAst>()
            .Select(variable => variable.VariablePath.UserPath).Distinct().Except(Preferences).Except(["null"]);
        var written = script.All<AssignmentStatementAst>().Select(assignment => assignment.Left).ToHashSet();
        var read = script.All<VariableExpressionAst>().Where(variable => !written.Contains(variable))
            .Select(variable => variable.VariablePath.UserPath).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(assigned, variable => Assert.Contains(variable, read));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    [InlineData(InstallScript.OneConnection)]
    public void Avoids_what_goes_wrong_easily(string name)
    {
        var script = InstallScript.Read(name);
        Assert.All(script.All<CatchClauseAst>(), clause => Assert.NotEmpty(clause.Body.Statements));
        Assert.All(script.All<BinaryExpressionAst>(), comparison =>
            Assert.False(comparison.Right is VariableExpressionAst { VariablePath.UserPath: "null" }, comparison.ToString()));
        Assert.DoesNotContain(script.All<VariableExpressionAst>(), variable => variable.VariablePath.IsGlobal);
        string[] automatic =
        [
            "args", "input", "Matches", "Host", "PSItem", "_", "this", "Error", "event", "sender", "PID", "PSScriptRoot",
            "PSCmdlet", "HOME",
        ];
        Assert.DoesNotContain(
            script.All<AssignmentStatementAst>().Select(assignment => assignment.Left.ToString().TrimStart('$'))
                .Concat(script.All<ParameterAst>().Select(parameter => parameter.Name.VariablePath.UserPath))
                .Concat(script.All<ForEachStatementAst>().Select(loop => loop.Variable.VariablePath.UserPath)),
            variable => automatic.Contains(variable, StringComparer.OrdinalIgnoreCase));
        Assert.All(script.All<ParameterAst>().Where(parameter => parameter.StaticType == typeof(SwitchParameter)), parameter =>
            Assert.Null(parameter.DefaultValue));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Knows_WhatIf(string name)
    {
        var script = InstallScript.Read(name);
        var said = script.Ast.ParamBlock.Attributes[0].NamedArguments.Select(argument => argument.ArgumentName);
        Assert.Contains("SupportsShouldProcess", said);
        Assert.True(IsAsking(script.Ast));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Explains_itself_and_every_parameter(string name)
    {
        var script = InstallScript.Read(name);
        var help = Assert.IsType<CommentHelpInfo>(script.Ast.GetHelpContent());
        Assert.NotEmpty(help.Synopsis);
        Assert.NotEmpty(help.Description);
        Assert.NotEmpty(help.Examples);
        Assert.Equal(
            script.Ast.ParamBlock.Parameters.Select(parameter => parameter.Name.VariablePath.UserPath.ToUpperInvariant()).Order(),
            help.Parameters.Keys.Order());
        Assert.All(help.Parameters.Values, text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    private static IEnumerable<string> Variables(Ast ast, bool nested) => ast.FindAll(found => found is VariableExpressionAst, nested)
        .Select(found => ((VariableExpressionAst)found).VariablePath.UserPath);

    private static bool IsAsking(Ast function) => function.FindAll(ast => ast is InvokeMemberExpressionAst, searchNestedScriptBlocks: true)
        .Any(call => call.ToString().StartsWith("$PSCmdlet.ShouldProcess(", StringComparison.Ordinal));
}
