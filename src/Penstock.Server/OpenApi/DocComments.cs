using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Penstock.Server.OpenApi;

/// <summary>The documentation comments of loaded assemblies, read from the XML files beside them.</summary>
/// <remarks>The framework's generator sees the handlers of this project only; those of the slices are internal to theirs.</remarks>
internal sealed partial class DocComments
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _members = new();

    public string? Summary(MemberInfo member) => Text(Find(member)?.Element("summary"));

    /// <summary>Of a handler's parameter, or of the property it was expanded from.</summary>
    public string? Summary(ParameterInfo parameter) => parameter.Member is PropertyInfo property
        ? Summary(property)
        : Text(Find(parameter.Member)?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == parameter.Name));

    private XElement? Find(MemberInfo member)
    {
        if (member.DeclaringType is not { } type)
            return null;
        char kind = member is PropertyInfo ? 'P' : 'M';
        return _members.GetOrAdd(type.Assembly, Read).GetValueOrDefault($"{kind}:{type.FullName?.Replace('+', '.')}.{member.Name}");
    }

    /// <summary>By name without parameters: handlers have no overloads.</summary>
    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        Dictionary<string, XElement> members = new(StringComparer.Ordinal);
        if (!File.Exists(file))
            return members;
        foreach (XElement member in XDocument.Load(file).Descendants("member"))
        {
            string name = (string?)member.Attribute("name") ?? "";
            int parameters = name.IndexOf('(', StringComparison.Ordinal);
            members[parameters < 0 ? name : name[..parameters]] = member;
        }
        return members;
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        // References inside a text show their last name: <see cref="T:A.B"/> reads as B.
        IEnumerable<string> parts = element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference =>
                ((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? "").Split('.')[^1],
            XElement inner => inner.Value,
            _ => "",
        });
        string joined = Spaces().Replace(string.Concat(parts), " ").Trim();
        return joined.Length > 0 ? joined : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
