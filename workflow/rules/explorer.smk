# The page that shows what networks and theories do at every grid point of the planes.
EXPLORED = [p.experiment for p in explore.explored(PLANS.values(), SETTINGS.explorer)]
EXPLORER_FILES = ["results/explorer.html"] if EXPLORED else []


rule write_explorer:
    input:
        plans=collect("results/{experiment}/plan.json", experiment=EXPLORED),
        stored=[
            str(path)
            for name in EXPLORED
            for path in explore.files_explored(PLANS[name], f"results/{name}")
        ],
    output:
        page="results/explorer.html",
    log:
        "results/logs/explorer.log",
    benchmark:
        "results/benchmarks/explorer.jsonl"
    localrule: RUNS <= cost.LIGHT_RUNS
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(explorer_cost),
        runtime=minutes(explorer_cost),
    params:
        folders=" ".join(f"results/{name}" for name in EXPLORED),
        code=explorer_code,
    shell:
        "python -m ikmeanfield explore {params.folders} --output {output.page} 2> {log}"
