using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Penstock.Tests.Api;

/// <summary>Everything public of an assembly as sorted lines of text.</summary>
internal static class PublicApi
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.Namespace).Append('.').Append(Name(type)).Append(Parents(type)).Append('\n');
            foreach (string line in Members(type).Distinct().Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        const BindingFlags declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMembers(declared).Where(m => !IsCompilers(m)).Select(Line).OfType<string>();
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo { IsPublic: true } constructor => $"new({Parameters(constructor)})",
        ConstructorInfo { IsFamily: true } constructor => $"protected new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when IsVisible(method) =>
            $"{Access(method)}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property when Accessor(property) is { } accessor =>
            $"{Access(accessor)}{Name(property.PropertyType)}{Mark(Nullability.Create(property))} {property.Name} {{ {Accessors(property)} }}",
        FieldInfo { IsPublic: true, IsLiteral: true } field => $"const {Name(field.FieldType)} {field.Name} = {Constant(field.GetRawConstantValue())}",
        FieldInfo { IsPublic: true } field => $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    // What a record has without being written: equality, printing, cloning, deconstruction.
    private static bool IsCompilers(MemberInfo member) =>
        member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null && member is not PropertyInfo
        || member.Name is "EqualityContract" or "PrintMembers" or "<Clone>$" or "Deconstruct" || member.Name.StartsWith('<');

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static MethodInfo? Accessor(PropertyInfo property) =>
        property.GetAccessors(nonPublic: true).FirstOrDefault(IsVisible);

    private static string Accessors(PropertyInfo property)
    {
        List<string> parts = [];
        if (property.GetMethod is { } get && IsVisible(get))
            parts.Add("get;");
        if (property.SetMethod is { } set && IsVisible(set))
            parts.Add(set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;");
        return string.Join(' ', parts);
    }

    private static string Access(MethodInfo method) =>
        (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract " : "");

    private static string Parameters(MethodBase method) => string.Join(
        ", ",
        method.GetParameters().Select(p =>
            $"{(p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(p.ParameterType)}{Mark(Nullability.Create(p))} {p.Name}" +
            (p.HasDefaultValue ? $" = {Constant(p.DefaultValue)}" : "")));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    private static string Mark(NullabilityInfo info) =>
        info.ReadState == NullabilityState.Nullable && (!info.Type.IsValueType || info.Type.IsGenericParameter) ? "?" : "";

    private static string Constant(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? "struct"
        : (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") +
          (type.GetMethod("<Clone>$") is null ? "class" : "record");

    private static string Parents(Type type)
    {
        if (type.IsEnum || type.IsValueType)
            return "";
        IEnumerable<Type> parents = type.BaseType is { } parent && parent != typeof(object) && !parent.IsSubclassOf(typeof(Delegate)) ? [parent] : [];
        string[] names = [.. parents.Concat(type.GetInterfaces()).Select(Name).Where(n => !n.StartsWith("IEquatable<", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return names.Length == 0 ? "" : $" : {string.Join(", ", names)}";
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef)
            return "ref " + Name(type.GetElementType()!);
        string own = type.Name.Split('`')[0];
        string name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{own}" : own;
        return type.IsGenericType && type.Name.Contains('`', StringComparison.Ordinal)
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : name;
    }
}
