# Entry point: `snakemake --cores 16`. The workflow itself is in workflow/; the first rule of an
# included file does not count as the default target, so the target is declared here.
include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
