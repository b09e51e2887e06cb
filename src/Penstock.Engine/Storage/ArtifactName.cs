namespace Penstock.Engine.Storage;

/// <summary>What a logical name of an artifact may look like, in every store: a path that cannot leave its folder or bucket.</summary>
public static class ArtifactName
{
    public const int LengthMax = 400;

    /// <exception cref="InvalidArtifactNameException"/>
    public static void Check(string name)
    {
        bool sound = name.Length is > 0 and <= LengthMax && name.Split('/').All(
            part => part.Length > 0 && part is not ("." or "..") && part.All(IsLetter));
        if (!sound)
            throw new InvalidArtifactNameException(name);
    }

    /// <summary>Whether any name could begin with it; false: a listing is empty without a look at the store.</summary>
    public static bool MayBegin(string prefix) => prefix.Length <= LengthMax && prefix.All(c => c == '/' || IsLetter(c));

    private static bool IsLetter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '=';
}

public sealed class InvalidArtifactNameException(string name) : PenstockException(
    "artifact-name-invalid",
    $"'{name}' is no artifact name: use 1 to {ArtifactName.LengthMax} of letters, digits and . - _ + =, in parts separated by single slashes.")
{
    public override ErrorKind Kind => ErrorKind.Malformed;
}
