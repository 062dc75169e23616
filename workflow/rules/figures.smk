rule draw_figure:
    input:
        plans=figure_plans,
        stored=stored,
        style=[] if SETTINGS.style is None else SETTINGS.style,
    output:
        pdf="results/figures/{figure}.pdf",
        png=report(
            "results/figures/{figure}.png",
            caption="../report/figure.rst",
            category="Figures",
            labels=figure_labels,
        ),
        data="results/figures/{figure}.csv",
        caption="results/figures/{figure}.md",
    log:
        "results/figures/logs/{figure}.log",
    benchmark:
        "results/figures/benchmarks/{figure}.jsonl"
    localrule: RUNS <= cost.LIGHT_RUNS
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(figure_cost),
        runtime=minutes(figure_cost),
    params:
        figure=figure_arguments,
        folder=subpath(output.pdf, parent=True),
        code=figure_code,
    shell:
        "python -m ikmeanfield draw {params.figure} "
        "--output {params.folder} --name {wildcards.figure} 2> {log}"


# A target for each figure, with the figure's name: `snakemake fig1`.
for figure in SETTINGS.figures:

    rule:
        name:
            figure
        input:
            collect("results/figures/{figure}.{suffix}", figure=figure, suffix=FORMATS),
        localrule: True
