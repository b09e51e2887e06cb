namespace Penstock.Proteins.Ontology;

/// <summary>Aspects as files write them: a letter (GAF), a namespace (OBO), a three-letter code (CAFA).</summary>
public static class OntologyAspects
{
    /// <summary>P, F or C.</summary>
    public static char Letter(this OntologyAspect aspect) => (char)aspect;

    /// <summary>The namespace of the aspect's terms in an OBO file.</summary>
    public static string Namespace(this OntologyAspect aspect) => aspect switch
    {
        OntologyAspect.BiologicalProcess => "biological_process",
        OntologyAspect.MolecularFunction => "molecular_function",
        OntologyAspect.CellularComponent => "cellular_component",
        _ => throw new ArgumentOutOfRangeException(nameof(aspect), aspect, "Not one of the three aspects."),
    };

    /// <summary>BPO, MFO or CCO.</summary>
    public static string CafaCode(this OntologyAspect aspect) => aspect switch
    {
        OntologyAspect.BiologicalProcess => "BPO",
        OntologyAspect.MolecularFunction => "MFO",
        OntologyAspect.CellularComponent => "CCO",
        _ => throw new ArgumentOutOfRangeException(nameof(aspect), aspect, "Not one of the three aspects."),
    };

    /// <summary>The aspect of an OBO namespace; null for any other namespace.</summary>
    public static OntologyAspect? FromNamespace(string? name) => name switch
    {
        "biological_process" => OntologyAspect.BiologicalProcess,
        "molecular_function" => OntologyAspect.MolecularFunction,
        "cellular_component" => OntologyAspect.CellularComponent,
        _ => null,
    };

    /// <summary>The aspect of a letter P, F or C; null for any other.</summary>
    public static OntologyAspect? FromLetter(char letter) => letter switch
    {
        'P' => OntologyAspect.BiologicalProcess,
        'F' => OntologyAspect.MolecularFunction,
        'C' => OntologyAspect.CellularComponent,
        _ => null,
    };
}
