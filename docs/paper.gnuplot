# docs/paper.png, from paper/*.csv
set terminal pngcairo size 1150,1640 font "sans,10"
set output "paper.png"
set datafile separator ","
set multiplot layout 4,2
set grid
set format x "%g"
set logscale x
set ylabel "best test accuracy, %"
set xlabel "beta"
set key left bottom
set title "Figure 4: three layers of 64, beta against alpha"
set yrange [90:98.5]
set xrange [0.0008:1.3]
plot for [a in "0.25 0.5 1 2"] "< grep '^,".a.",' paper/fig4-beta-alpha.csv" using 3:(100 * $5) with linespoints pt 7 \
     title "alpha ".a
set title "Figure 5: depth (open: the paper)"
set yrange [10:100]
set xrange [0.0008:1.3]
$published << EOD
64x2,0.001,97.69
64x2,0.01,97.57
64x2,0.1,97.25
64x2,0.25,96.22
64x2,1,93.1
64x3,0.001,97.30
64x3,0.01,97.61
64x3,0.1,97.48
64x3,0.25,96.79
64x3,1,62.6
64x5,0.001,93.54
64x5,0.01,95.54
64x5,0.1,97.60
64x5,0.25,90.6
64x5,1,25.3
64x10,0.001,87.2
64x10,0.01,90.0
64x10,0.1,92.5
64x10,0.25,41.8
EOD
nets = "64x2 64x3 64x5 64x10"
plot for [i=1:4] "< grep '^".word(nets, i).",' paper/fig5-beta.csv" using 2:(100 * $4) with linespoints pt 7 lc i \
     title word(nets, i), \
     for [i=1:4] $published using (strcol(1) eq word(nets, i) ? $2 : NaN):3 with points pt 6 ps 1.4 lc i notitle
set title "Figure 5: steps of the map to 1e-5 against the spectral radius, trained"
unset logscale x
set xlabel "spectral radius at equilibrium"
set ylabel "steps"
set yrange [1:*]
set xrange [0:*]
set logscale y
set key left top
column_of(name) = int(system("head -1 paper/fig5-beta-points.csv | tr ',' '\n' | grep -nx ".name." | cut -d: -f1"))
radius = column_of("spectral_radius_settled")
steps = column_of("convergence_step")
exponent = column_of("lyapunov_per_step")
plot for [i=1:4] "< grep ',".word(nets, i).",' paper/fig5-beta-points.csv" using radius:steps with points pt 7 lc i \
     title word(nets, i)
set title "Figure 5: Lyapunov exponent, trained"
unset logscale y
set logscale x
set xlabel "beta"
set ylabel "exponent per step"
set xrange [*:*]
set yrange [*:*]
set key left top
plot for [i=1:4] "< grep ',".word(nets, i).",' paper/fig5-beta-points.csv" using 3:exponent with linespoints pt 7 lc i \
     title word(nets, i)
set title "Figure 6: learning curves by the map, beta = 0.01"
unset logscale
set xlabel "epoch"
set ylabel "test accuracy, %"
set xrange [0:50]
set yrange [90:98.5]
set key inside right center
steps_of = "3 6 15 30 60"
# the points of a net with so many steps are three in a row, one for each beta
point_of(i, beta) = sprintf("%03d", 3 * (i - 1) + beta)
plot for [i=1:5] "< grep '^".point_of(i, 1).",' paper/fig6-steps-curves.csv" using 2:(100 * $3) with lines lc i \
     title "T = ".word(steps_of, i)
set title "Figure 6: the same, beta = 1"
plot for [i=1:5] "< grep '^".point_of(i, 3).",' paper/fig6-steps-curves.csv" using 2:(100 * $3) with lines lc i \
     title "T = ".word(steps_of, i)
set title "The arbitrary graph: ten layers, random feedback (open: the paper)"
set xlabel "probability of a connection"
set ylabel "best test accuracy, %"
set xrange [-0.02:1.02]
set yrange [86:98]
$arbitrary << EOD
0,87.57
0.02,91.75
0.1,96.01
0.2,96.72
0.5,96.71
1,96.32
EOD
plot "paper/agt-probability.csv" every ::1 using 2:(100 * $4):(100 * $5) with yerrorlines pt 7 lc 1 notitle, \
     $arbitrary using 1:2 with points pt 6 ps 1.4 lc 1 notitle
set title "Which beta wants residual connections: five layers"
set logscale x
set xlabel "beta"
set xrange [0.0008:1.3]
set yrange [92.5:98]
set key left bottom
kinds = "plain,layered plain,residual layer-scaled,layered layer-scaled,residual"
plot for [i=1:4] "< grep '^,".word(kinds, i).",' paper/beta-residual.csv" using 4:(100 * $6) with linespoints pt 7 lc i \
     title word(kinds, i)
unset multiplot
