using System.Management.Automation.Language;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Installation;

/// <summary>One of the two scripts, as the engine reads it.</summary>
internal sealed class InstallScript
{
    public const string Install = "install.ps1";
    public const string Uninstall = "uninstall.ps1";
    public const string OneConnection = "one-connection.ps1";

    private InstallScript(string path)
    {
        Ast = Parser.ParseFile(path, out var tokens, out var errors);
        Tokens = tokens;
        Errors = errors;
    }

    public static TheoryData<string> Names => [Install, Uninstall];

    public string Text => Ast.Extent.Text;

    public ScriptBlockAst Ast { get; }

    public IReadOnlyList<Token> Tokens { get; }

    public IReadOnlyList<ParseError> Errors { get; }

    public IEnumerable<FunctionDefinitionAst> Functions => All<FunctionDefinitionAst>();

    /// <summary>One of the two, or the one that the job on Windows runs.</summary>
    public static InstallScript Read(string name) => new(name == OneConnection
        ? Repository.PathOf("tests", "Windows", name)
        : Repository.PathOf("src", "Smb1Exporter", "Installation", name));

    /// <summary>Every element of one kind, also in functions and script blocks.</summary>
    public IEnumerable<T> All<T>()
        where T : Ast => Ast.FindAll(ast => ast is T, searchNestedScriptBlocks: true).Cast<T>();

    /// <summary>The text that a constant at the top of the script holds.</summary>
    public string Constant(string name) => Assert.IsType<StringConstantExpressionAst>(Assert.IsType<CommandExpressionAst>(
        Assert.Single(All<AssignmentStatementAst>(), assignment => assignment.Left.Extent.Text == $"${name}").Right).Expression).Value;

    /// <summary>What a parameter of the script is when it is not given, as written.</summary>
    public string Default(string parameter) =>
        Assert.Single(Ast.ParamBlock.Parameters, declared => declared.Name.VariablePath.UserPath == parameter)
            .DefaultValue.Extent.Text.Trim('"', '\'');
}
